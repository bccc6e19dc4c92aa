import { type Breaker, type BreakerRecords, type BreakerUses, WINDOW } from "./breaker.js";

type Memory = { change: number; since: number[]; risen: number; fallen: number };
type Uses = BreakerUses<"windowSupplyCap"> & { readonly SUPPLY_ROUNDING: number };

/**
 * Over any 30 consecutive control steps or fewer, supply changes by at most the cap times the supply at their start. To bound the
 * last 30 alone is not enough: when an old change leaves the window, what had made up for it is left in it. So a step may mint or
 * burn only as much as every shorter window that ends with it allows; a step that changes nothing then always keeps the cap.
 *
 * Changes are added up instead of supplies subtracted: in float32 a difference of supplies keeps few digits of a cap.
 */
export const windowSupplyCap = {
  id: "windowSupplyCap",
  doc: "caps the net change of supply over every 30 consecutive control steps or fewer",
  limits: {
    windowSupplyCap: {
      value: 0.03,
      low: 0,
      high: 1,
      unit: "1",
      doc: "largest net change of supply, either way, over any 30 consecutive control steps or fewer, as a share of the supply at their start; 1 is off",
    },
  },
  memory: (token, scale) => ({
    change: { unit: token, doc: "net change of supply over the last 30 steps", scale: 0.01 * scale },
    since: {
      unit: token,
      doc: "net change of supply since the end of each of the last 30 steps, a ring; before the first step nothing changed",
      length: WINDOW,
      scale: 0.01 * scale,
    },
    risen: { unit: token, doc: "largest rise of supply since any of these steps", scale: 0.01 * scale },
    fallen: { unit: token, doc: "largest fall of supply since any of these steps", scale: 0.01 * scale },
  }),
  uses: {
    // Share of supply that the cap is rounded inwards by: in float32 the sum of an economy's accounts drifts by up to 1.5e-6 of it
    // from the sum of 30 booked changes.
    SUPPLY_ROUNDING: 4e-6,
  },
  functions: {
    limitSupply({ applied, flows, breakers }: BreakerRecords<Memory>, u: Uses): void {
      if (u.limits.windowSupplyCap < 1) {
        const cap = Math.max(0, u.limits.windowSupplyCap - u.SUPPLY_ROUNDING);
        // For each of the steps: since + minted <= cap * (supply - since) and since - burned >= -cap * (supply - since).
        const mint = cap * flows["supply"]! - (1 + cap) * breakers.risen;
        const burn = cap * flows["supply"]! - (1 - cap) * breakers.fallen;
        applied["mintLimit"] = Math.max(0, Math.min(applied["mintLimit"]!, mint));
        applied["burnLimit"] = Math.max(0, Math.min(applied["burnLimit"]!, burn));
      }
    },
    record({ control, flows, breakers }: BreakerRecords<Memory>, u: BreakerUses): void {
      const change = flows["minted"]! - flows["burned"]!;
      breakers.change = breakers.since[control.supplySlot]! + change;
      // The oldest step gives its place to this one, since whose end nothing has changed.
      breakers.since[control.supplySlot] = -change;
      let risen = 0;
      let fallen = 0;
      for (let i = 0; i < u.WINDOW; i++) {
        const since = breakers.since[i]! + change;
        breakers.since[i] = since;
        risen = Math.max(risen, since);
        fallen = Math.max(fallen, -since);
      }
      breakers.risen = risen;
      breakers.fallen = fallen;
    },
    reset({ breakers }: BreakerRecords<Memory>, u: BreakerUses): void {
      breakers.change = 0;
      for (let i = 0; i < u.WINDOW; i++) breakers.since[i] = 0;
      breakers.risen = 0;
      breakers.fallen = 0;
    },
  },
} as const satisfies Breaker;
