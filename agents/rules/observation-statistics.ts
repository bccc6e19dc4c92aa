/** Centre and spread of each observation, by name, in its unit. */
export type ObservationStatistics = Readonly<Record<string, { readonly center: number; readonly spread: number }>>;

const at = (center: number, spread: number) => ({ center, spread });

/**
 * What observations are usually like, by economy: mean and standard deviation over 120 randomised years on selection markets,
 * half of them under the actions in force and half under constant actions drawn over most of the band. Rounded: they only
 * scale the search of the affine rule's gains.
 */
export const OBSERVATION_STATISTICS: Readonly<Record<string, ObservationStatistics>> = {
  "akash-v1": {
    utilization: at(0.76, 0.19),
    utilizationSlow: at(0.76, 0.12),
    capacityGrowth: at(0, 0.09),
    leasePrice: at(0.96, 0.16),
    usage: at(-0.13, 0.53),
    bondedRatio: at(0.51, 0.084),
    stakingYield: at(0.09, 0.035),
    collateralRatio: at(1.67, 0.75),
    halted: at(0.11, 0.31),
    priceChange: at(0, 0.061),
    trend: at(0, 0.015),
    volatility: at(1, 0.53),
    drawdown: at(0.59, 0.73),
    volume: at(1, 0.35),
    netIssuance: at(0.066, 0.037),
    issuance: at(0.071, 0.023),
    burnShare: at(0.41, 0.17),
    fee: at(0.155, 0.068),
  },
  "worldcoin-v1": {
    humans: at(0.21, 0.15),
    activeShare: at(0.34, 0.088),
    usage: at(0.04, 0.41),
    orbs: at(0.85, 0.3),
    tableGrant: at(1.2, 0.31),
    grantValue: at(1.4, 1.4),
    claimPace: at(0.047, 0.03),
    treasury: at(0.35, 0.22),
    circulating: at(0.46, 0.11),
    age: at(3.9, 1.7),
    priceChange: at(0, 0.058),
    trend: at(0, 0.011),
    volatility: at(0.97, 0.51),
    drawdown: at(0.53, 0.65),
    volume: at(1.2, 0.43),
    netIssuance: at(0.23, 0.11),
    grant: at(1.1, 0.26),
    release: at(0.22, 0.1),
    burnShare: at(0.21, 0.26),
  },
};
