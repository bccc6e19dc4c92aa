import { UserError } from "../../core/errors.js";
import { whole } from "./checked-number.js";

/**
 * EIP-1559 base fee after a block that used `used` of `limit`, target = limit / 2: moves by at most 1/8. As on chain it is whole:
 * `units` floors the move, and a rise is at least one base unit. Source: ethereum/EIPs EIPS/eip-1559.md.
 */
export function nextBaseFee(base: number, used: number, limit: number, u: { readonly units: (x: number) => number }): number {
  const target = limit / 2;
  const move = u.units((base * Math.abs(used - target)) / target / 8);
  return used > target ? base + Math.max(move, 1) : base - move;
}

/**
 * The same for a real block, exact: integer division at each step, products beyond 2^53 included.
 * @param baseFee  of the block before, wei per gas
 * @param gasLimit of the block before; the target is half of it
 * @param gasUsed  of the block before
 * @returns base fee, wei per gas
 * @throws UserError `E_MECHANISM` for numbers that are not whole, a gas limit below 2, or more gas used than the limit
 */
export function eip1559NextBaseFee(baseFee: number, gasLimit: number, gasUsed: number): number {
  const base = BigInt(whole("baseFee", baseFee, 0));
  const target = BigInt(whole("gasLimit", gasLimit, 2)) / 2n;
  const used = BigInt(whole("gasUsed", gasUsed, 0, gasLimit));
  const distance = used > target ? used - target : target - used;
  const move = (base * distance) / target / 8n;
  const next = used > target ? base + (move > 1n ? move : 1n) : base - move;
  if (next <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(next);
  throw new UserError(
    "E_MECHANISM",
    `the next base fee is ${next}, a number can only be exact up to 2^53 - 1`,
    "give the base fee in a larger unit, for example gwei",
  );
}
