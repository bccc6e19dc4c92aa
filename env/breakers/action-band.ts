import type { Breaker, BreakerRecords, BreakerUses } from "./breaker.js";

type Memory = { intervened: number };

/** Every action in its band and no faster than its largest move; both are data of the economy's actions. */
export const actionBand = {
  id: "actionBand",
  doc: "holds every action in its band and within its largest move a control step; while a halt is tripped it does not move at all",
  limits: {},
  memory: () => ({
    intervened: { unit: "1", doc: "1 when the applied action differs from the requested one in this step" },
  }),
  functions: {
    // Order: band (a NaN holds the last applied value), largest move, halt.
    limitActions({ applied, due, breakers }: BreakerRecords<Memory>, frozen: number, u: BreakerUses): void {
      let difference = 0;
      for (const j in due) {
        const { low, high, maxMove } = u.actions[j]!;
        const banded = u.clamp(due[j]!, low, high, applied[j]!);
        const moved = u.clamp(banded, applied[j]! - maxMove, applied[j]! + maxMove, applied[j]!);
        const allowed = frozen > 0.5 ? applied[j]! : moved;
        difference = Math.max(difference, Math.abs(allowed - due[j]!) / (high - low));
        applied[j] = allowed;
      }
      // Half a float32 rounding step of the band is no intervention.
      breakers.intervened = difference <= 1e-6 ? 0 : 1;
    },
    reset({ breakers }: BreakerRecords<Memory>): void {
      breakers.intervened = 0;
    },
  },
} as const satisfies Breaker;
