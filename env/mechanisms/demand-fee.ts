interface PricedDemand {
  /** Surcharge on the list price, negative for a discount. */
  readonly fee: number;
  readonly utilization: number;
}

interface DemandFeeParams {
  /** Utilisation to hold. */
  readonly target: number;
  /** Largest relative move of the price in a day. */
  readonly speed: number;
  /** Band of the fee. */
  readonly low: number;
  readonly high: number;
}

/**
 * A fee that raises in high demand and lowers to attract users: the multiplier on the list price (1 + fee) moves by up to `speed` a
 * day times the distance of utilisation from its target, like the base fee of EIP-1559 with the day for the block. Render itself has
 * fixed price tiers and sets them by benchmark.
 */
export function nextDemandFee(
  d: PricedDemand,
  p: DemandFeeParams,
  u: { readonly clamp: (x: number, low: number, high: number, safe: number) => number },
): number {
  const distance = u.clamp((d.utilization - p.target) / p.target, -1, 1, 0);
  return u.clamp((1 + d.fee) * (1 + p.speed * distance) - 1, p.low, p.high, d.fee);
}
