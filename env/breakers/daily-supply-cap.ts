import type { Breaker, BreakerRecords, BreakerUses } from "./breaker.js";

type Memory = { supply: number };

export const dailySupplyCap = {
  id: "dailySupplyCap",
  doc: "caps minting and burning in one control step",
  limits: {
    dailySupplyCap: {
      value: 0.004,
      low: 0,
      high: 1,
      unit: "1",
      doc: "most that a control step may mint, and most that it may burn, as a share of the supply at its start; 1 is off",
    },
  },
  memory: (token, scale) => ({ supply: { unit: token, doc: "supply after the last step", scale } }),
  functions: {
    limitSupply({ applied, breakers }: BreakerRecords<Memory>, u: BreakerUses<"dailySupplyCap">): void {
      const cap = breakers.supply * u.limits.dailySupplyCap;
      applied["mintLimit"] = Math.min(applied["mintLimit"]!, cap);
      applied["burnLimit"] = Math.min(applied["burnLimit"]!, cap);
    },
    record({ breakers, flows }: BreakerRecords<Memory>): void {
      breakers.supply = flows["supply"]!;
    },
    reset({ breakers, flows }: BreakerRecords<Memory>): void {
      breakers.supply = flows["supply"]!;
    },
  },
} as const satisfies Breaker;
