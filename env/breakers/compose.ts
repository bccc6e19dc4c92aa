import type { RecordSpec, Uses } from "../../compiler/schema.js";
import { type BreakerFunctions, type BreakerUses, WINDOW } from "./breaker.js";
import { activeBreakers, type BreakerLimits } from "./limits.js";

/** What the lane driver uses of the breakers: each of their functions by breaker, their limits and constants. */
export interface BreakerGroup extends Pick<BreakerUses, "limits" | "WINDOW"> {
  readonly breakers: {
    readonly [Hook in keyof BreakerFunctions]-?: Readonly<Record<string, NonNullable<BreakerFunctions[Hook]>>>;
  };
}

export function breakerUses(limits: BreakerLimits): Uses & Record<keyof BreakerGroup, Uses | number> {
  const active = activeBreakers(limits);
  const group = (hook: keyof BreakerFunctions): Uses =>
    Object.fromEntries(active.flatMap(({ id, functions }) => (functions[hook] ? [[id, functions[hook]]] : [])));
  return {
    ...Object.fromEntries(active.flatMap(({ uses = {} }) => Object.entries(uses))),
    breakers: {
      halted: group("halted"),
      limitActions: group("limitActions"),
      limitSupply: group("limitSupply"),
      record: group("record"),
      reset: group("reset"),
    },
    limits: { ...limits },
    WINDOW,
  };
}

/** The lane's record of the breakers, for a token of this symbol whose supply is of size `scale`. */
export function breakerRecord(limits: BreakerLimits, token: string, scale: number): RecordSpec {
  return Object.fromEntries(activeBreakers(limits).flatMap(({ memory }) => Object.entries(memory(token, scale))));
}

/** Fields of that record that jump, with the widths over which derivatives smooth them. */
export function breakerJumps(limits: BreakerLimits): Readonly<Record<string, number>> {
  return Object.fromEntries(activeBreakers(limits).flatMap(({ jumps = {} }) => Object.entries(jumps)));
}
