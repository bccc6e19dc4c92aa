/**
 * EIP-1559 base fee after a block that used `used` of `limit`, target = limit / 2: moves by at most 1/8.
 * In integers the chain rounds down (`units`) and rises by at least one base unit. Uses: `units`.
 */
export function nextBaseFee(base: number, used: number, limit: number, u: { readonly units: (x: number) => number }): number {
  const target = limit / 2;
  const move = u.units((base * Math.abs(used - target)) / target / 8);
  return used > target ? base + move : base - move;
}
