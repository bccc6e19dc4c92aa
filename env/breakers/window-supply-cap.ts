import { type Breaker, type BreakerRecords, type BreakerUses, WINDOW } from "./breaker.js";

type Memory = { change: number; changes: number[] };

/** Changes are summed instead of supplies subtracted: in float32 a difference of supplies keeps few digits of a cap. */
export const windowSupplyCap = {
  id: "windowSupplyCap",
  doc: "caps the change of supply over a rolling window of 30 control steps",
  limits: {
    windowSupplyCap: {
      value: 0.03,
      low: 0,
      high: 1,
      unit: "1",
      doc: "largest change of supply over the rolling window of 30 control steps, as a share of supply; 1 is off",
    },
  },
  memory: (token, scale) => ({
    change: { unit: token, doc: "net change of supply over the rolling window", scale: 0.01 * scale },
    changes: {
      unit: token,
      doc: "net change of supply in each of the last 30 steps, a ring",
      length: WINDOW,
      scale: 0.01 * scale,
    },
  }),
  functions: {
    limitSupply({ control, applied, flows, breakers }: BreakerRecords<Memory>, u: BreakerUses<"windowSupplyCap">): void {
      // The step of 30 steps ago leaves the window; today's joins it after the step.
      breakers.change = breakers.change - breakers.changes[control.supplySlot]!;
      const cap = (flows["supply"]! - breakers.change) * u.limits.windowSupplyCap;
      applied["mintLimit"] = Math.max(0, Math.min(applied["mintLimit"]!, cap - breakers.change));
      applied["burnLimit"] = Math.max(0, Math.min(applied["burnLimit"]!, cap + breakers.change));
    },
    record({ control, flows, breakers }: BreakerRecords<Memory>): void {
      const change = flows["minted"]! - flows["burned"]!;
      breakers.changes[control.supplySlot] = change;
      breakers.change = breakers.change + change;
    },
    reset({ breakers }: BreakerRecords<Memory>, u: BreakerUses): void {
      breakers.change = 0;
      for (let i = 0; i < u.WINDOW; i++) breakers.changes[i] = 0;
    },
  },
} as const satisfies Breaker;
