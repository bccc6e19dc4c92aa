/** What a reader of results should distrust in this economy. */
export const WEAK_POINTS: readonly string[] = [
  "**Nothing is fitted to Bittensor.** Emission, pools and consensus follow the chain's code; quality, skill, effort, hype and the worth of alpha are assumed, with assumed speeds. Nobody has measured how fast a subnet's price follows its quality, and what the tilts are worth rests on it, above all on `investorSpeed`, `discovery` and `recoveryRise`. Results compare controllers inside this model; they forecast no price.",
  "**The chain has changed since.** By subtensor v444 subnets below a bar of moving prices get much less than their share; what owners take from miners no longer lowers it; root can switch a subnet's emission off, and has done so for 42 of 127; root's dividends stay in baskets until they are claimed; alpha that the chain buys is kept. Here emission goes by price and owners' takings, every subnet gets some, root's dividends are sold daily, and bought alpha is recycled.",
  "**Subnets are far too equal.** In August 2026 the largest share of the moving prices was 8.4 times the mean, and N Σ share² − 1 was 1.95 by prices alone and 6.27 as emitted. Under `tao-protocol` in base they are about 1.2 and 0.03 here. Then the top eighth of the subnets had half of the prices and three quarters of the emission; results say nothing of such a network.",
  "**The default preset is not today's network.** `mature` has 10.7 M TAO issued, 53 % of it on root and 4 % in pools, and 270 USD; in August 2026 it was 11.22 M, 48.3 % and 18 %, and 188.7 USD. With pools a quarter as deep the same order moves a subnet's price further.",
  "**Root counts too little.** `taoWeight` is the genesis value 0.05268, the network runs 0.18: root's share of dividends is up to 3.4 times what it is here. The preset `as-quoted` has 0.18.",
  "**No network has these levers.** Emission below the schedule, recycling, burning and tilts of single subnets would each need a change of the chain; the levers that do exist, such as root's switch, are not in the model.",
  "**Subnets are alike but for their quality.** None is born or dies, none has its own tempo or version of Yuma.",
  "**A starved subnet stays down.** When a controller takes the emission from a bad subnet for good, its skill recovers and its miners do not return. Concentration carries a small cost, or a controller would bet on one subnet.",
  "**Burning and recycling are the same to the price within a year.** Only a halving tells them apart.",
  "**Cabals are outside money.** By Yuma's own dividends they lose, so what makes them grow is not modelled.",
  "**Pools trade once a day**, with swaps by a Padé form that is exact for equal weights, which injections keep.",
  "**Price impact is transient, and the market believes what it sees**, as on akash: sales press for about a week, and the emission of the last month is priced in for `issuanceHorizon` years ahead.",
  "**The exogenous path falls deep by itself.** Read drawdowns in excess of the same shocks under a reference rule.",
];
