/** What a reader of results should distrust in this economy, for its page of assumptions. */
export const WEAK_POINTS: readonly string[] = [
  "**Contracts are exact, people are assumed.** Grant table, unlock calendar and mint cap are the real ones, checked against their sources. How many humans come for a grant, how many stay, what apps pay and how farmers behave has no source; nothing is fitted.",
  "**The default preset is not today's network.** `mature` has apps that pay 0.44 M$ a day in fees. World ID fees were announced in 2025 and had hardly begun by the dated figures: in `dated-2026-02` burning is noise.",
  "**There is no burn in the real protocol.** It is the question that this economy asks, not a rule in force. Much of what it does for holders the treasury could do by releasing less: both keep tokens from circulating, so the two controls partly replace each other unless the treasury is nearly empty.",
  "**The release is not a published rule either.** Of the community's unlocked tokens about half circulated in 2026. How much the foundation gives operators and builders in a year is an assumption that makes the growth of the circulating supply match the quoted one.",
  "**Dilution is growth of what circulates.** The supply is fixed until 2038, so net issuance is 0 and says nothing. The market here prices the growth of the circulating supply half a year ahead and the share that does not circulate; both elasticities are assumptions and decide what a grant costs holders.",
  "**The grant draws by its dollar value.** That is what makes feedback pay: a table in WLD is worth a tenth or ten times as much within a year or two. A world in which humans come for the idea, not the money, would leave the controller little to do (`grantPull`, `appWeight`).",
  "**Farmers follow one law.** They rent or fake identities when a grant pays more than an identity costs and stop when it does not. A real adversary would look for the weakness of the controller in force, and Orbs would be improved against him. The cost of an identity is hidden from controllers; activity and verified identities as observed include fakes.",
  "**One reachable population.** Countries that ban Orbs shrink it at once and for good; there is no map, no learning from neighbours beyond the crowd that is left.",
  "**Humans never sell what they held before.** Sales are shares of new claims, unlocks and payments; a panic of holders is only in the sector's path and in forced sales of leverage.",
  "**Unlocks are smooth.** Vesting is linear by the second and everyone releases daily; in truth wallets release in lumps.",
  "**The company's reserve of 1.7 % never unlocks here,** since its date is not known.",
  "**Past the lock is guesswork.** Nobody knows whether governance will mint at all, and grants beyond the table (from October 2028) are assumed to stay at its last amount; the contract itself pays nothing then.",
];
