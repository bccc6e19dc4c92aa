/** What a reader of results should distrust in this economy. */
export const WEAK_POINTS: readonly string[] = [
  "**Nothing is fitted to Render.** Rules of the protocol are as published; users, nodes, the scheduler and how they react are assumed, with assumed speeds. Results compare controllers inside this model; they forecast no price.",
  "**The default preset is not today's network.** `mature` has about 75 times the usage of October 2025, an emission of 9 % a year where the schedule has 1.1 %, and gives nodes 70 % of it where they get 25 %. In `dated-2025-10` fee, burn and emission are noise.",
  "**The schedule after year 3 is a reading.** RNP-001 points to a spreadsheet. With years 4 and 5 like year 3 and a damping of 0.945 from year 6 on the budget ends in year 29; RNP-023 speaks of about year 60.",
  "**The budget ends early.** At 9 % a year the 92 M tokens that may still be issued last two years, at 25 % nine months. After that burned tokens are minted again, up to half of an epoch's emission; RNP-001 leaves the share open. An episode of 365 days sees the end of the budget only under the highest emission.",
  "**The scheduler is ours.** No formula of Render's is public. Price, waiting time and reliability of four classes are assumed; so is how users react to each.",
  "**The demand fee is ours too.** Render has fixed price tiers. Demand is elastic here (1.2) and the objective counts finished work in logarithms, so list prices are too high in calm times: most of what a constant can gain it gains by a discount of about 30 %.",
  "**What burning is worth is assumed.** Paying nodes out of revenue is cheaper than minting for them, because 30 % of what is minted goes to the treasury. Against it stands `burnAccrual`: half of the token's value follows what is burned, not what is paid. At 0 the best burn share is the lower edge of its band; no source gives the number.",
  "**Classes are averages.** Nodes of a class share price, load and fate. The penalty of RNP-015 is a fixed number per class: operators do not split their wallets to escape it.",
  "**Rewards accrue by the day.** An epoch's pool is paid at its end, but a day's work is weighed against that day's work of the others, not against the epoch's.",
  "**Grants are a small boost of growth.** What the treasury spends besides them buys nothing in the model.",
  "**Price impact is transient, and the market believes what it sees**, as on akash: sales press for about a week, and the emission of the last month is priced in for `issuanceHorizon` years ahead.",
  "**The exogenous path falls deep by itself.** Read drawdowns in excess of the same shocks under a reference rule.",
];
