/**
 * A fee that raises in high demand and lowers to attract users: the multiplier on the list price (1 + fee) moves by up to `speed` a
 * day times the distance of utilisation from its target, like the base fee of EIP-1559 with the day for the block. Render itself has
 * fixed price tiers and sets them by benchmark.
 * @param fee surcharge on the list price, negative for a discount
 */
export function nextDemandFee(
  fee: number,
  utilization: number,
  target: number,
  speed: number,
  low: number,
  high: number,
  u: { readonly clamp: (x: number, low: number, high: number, safe: number) => number },
): number {
  const distance = u.clamp((utilization - target) / target, -1, 1, 0);
  return u.clamp((1 + fee) * (1 + speed * distance) - 1, low, high, fee);
}
