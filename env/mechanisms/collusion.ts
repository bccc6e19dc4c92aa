/**
 * What a colluding minority takes out of a subnet, in closed form: Yuma's incentive when the honest validators' weights are noisy.
 *
 * Honest validators (small and many, stake 1 - c) give each miner its merit times 1 + noise (uniform within +- `noise`); the cabal's own
 * miners have the merit `foothold` of the whole. The cabal (stake c < kappa) puts all its weight on its own miners. Consensus is the
 * weight that kappa of the stake supports, so a growing cabal moves it down for honest miners and up for its own. With
 * h = kappa / (1 - c) and f = (kappa - c) / (1 - c), the quantiles of the honest weights at which consensus lies, the clipped ranks are
 * (1 - c)(1 - foothold)(1 - noise h^2) for the honest and foothold ((1 - c)(1 - noise f^2) + c (1 + noise - 2 noise f)) for the cabal.
 * Checked against whole epochs of Yuma in the tests.
 */
export function divertedIncentive(cabal: number, kappa: number, noise: number, foothold: number): number {
  const honestStake = 1 - cabal;
  const honestQuantile = Math.min(1, kappa / honestStake);
  const ownQuantile = Math.max(0, (kappa - cabal) / honestStake);
  const honest = honestStake * (1 - foothold) * (1 - noise * honestQuantile * honestQuantile);
  const clipped = 1 + noise - 2 * noise * ownQuantile;
  const own = foothold * (honestStake * (1 - noise * ownQuantile * ownQuantile) + cabal * clipped);
  // 0 where nobody's weights are supported.
  return own / Math.max(own + honest, 1e-12);
}
