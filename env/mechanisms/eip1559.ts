/**
 * EIP-1559 base fee after a block that used `used` of `limit`, target = limit / 2: moves by at most 1/8. As on chain it is whole:
 * `units` floors the move, and a rise is at least one base unit. Source: ethereum/EIPs EIPS/eip-1559.md. Uses: `units`.
 */
export function nextBaseFee(base: number, used: number, limit: number, u: { readonly units: (x: number) => number }): number {
  const target = limit / 2;
  const move = u.units((base * Math.abs(used - target)) / target / 8);
  return used > target ? base + Math.max(move, 1) : base - move;
}
