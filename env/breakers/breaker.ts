import type { RecordSpec, Uses } from "../../compiler/schema.js";
import type { Values } from "../world.js";

/**
 * One circuit breaker: part of the environment, above every controller. Its functions run as they stand and are compiled with the lane
 * driver, so they are written in the compiler's subset and take constants from `u`.
 */
export interface Breaker {
  readonly id: string;
  readonly doc: string;
  /** Left out of the lane, without memory and code, unless one of its limits is given. */
  readonly optional?: boolean;
  readonly limits: Readonly<Record<string, LimitSpec>>;
  /** What is wrong with limits that are within their ranges each, and what to do; undefined where nothing is. */
  readonly conflict?: (limits: Readonly<Record<string, number>>) => readonly [what: string, hint: string] | undefined;
  /** Fields of its own in the lane's record `breakers`, for a token of this symbol whose supply is of size `scale`. */
  readonly memory: (token: string, scale: number) => RecordSpec;
  /** Fields of its memory that jump, with widths as in a world's `jumps`. */
  readonly jumps?: Readonly<Record<string, number>>;
  /** Constants of its functions, besides those of all breakers. */
  readonly uses?: Uses;
  readonly functions: BreakerFunctions;
}

export interface LimitSpec {
  /** Default. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly unit: string;
  readonly doc: string;
}

/**
 * What a breaker does in a control step, in this order: halts are asked, actions are limited, minting and burning are limited, the
 * economy makes its step, what happened is recorded. All but `limitActions` only where there is a token.
 */
export interface BreakerFunctions {
  /** 1 while actions are frozen, else 0. */
  halted?(records: BreakerRecords, u: BreakerUses): number;
  /** Writes to `applied` what is let through of the request that is `due`. `frozen`: 1 while a halt is tripped. */
  limitActions?(records: BreakerRecords, frozen: number, u: BreakerUses): void;
  /** Lowers the day's limits `applied.mintLimit` and `applied.burnLimit`; they come in as the whole supply. */
  limitSupply?(records: BreakerRecords, u: BreakerUses): void;
  /** After the step. */
  record?(records: BreakerRecords, u: BreakerUses): void;
  /** Start of an episode; `flows` has the standard flows of its first day. */
  reset?(records: BreakerRecords, u: BreakerUses): void;
}

/** The lane's records that breakers see. Before the step `flows` are those of the last one. */
export interface BreakerRecords<Memory = BreakerMemory> {
  /** `supplySlot`: control step modulo the length of the breakers' rings. */
  readonly control: { readonly supplySlot: number };
  readonly applied: Values;
  readonly due: Readonly<Values>;
  readonly flows: Readonly<Values>;
  readonly breakers: Memory;
}

/** Memory of all breakers together: numbers and rings. */
export type BreakerMemory = Record<string, number | number[]>;

export interface BreakerUses<Limit extends string = string> {
  readonly clamp: (x: number, low: number, high: number, safe: number) => number;
  readonly actions: Readonly<Record<string, ActionBounds>>;
  readonly limits: Readonly<Record<Limit, number>>;
  /** Control steps that the breakers' rings go back. */
  readonly WINDOW: number;
}

interface ActionBounds {
  readonly low: number;
  readonly high: number;
  readonly maxMove: number;
  readonly start: number;
}

/** Control steps that the breakers' rings go back. */
export const WINDOW = 30;
