import { UserError } from "../../core/errors.js";
import { suggest } from "../../core/nearest.js";
import { assumed } from "../param-spec.js";
import type { ParamSpec } from "../world.js";

/** Parameters of what the economies of a world share: investors' capital, providers and the shocks of the sector. */
export const SECTOR_PARAMS = {
  projects: {
    value: 47,
    low: 2,
    high: 1000,
    unit: "1",
    source: "popularly quoted: 47 to more than 80 projects; unverified",
    doc: "projects that share the sector's capital at the start, those of this world included; more of them dilute each one's share",
  },
  projectsAdded: assumed(11, 0, 1000, "1/year", "projects that join the sector a year: from 47 to 80 in three years"),
  speculativeShare: assumed(0.6, 0, 1, "1", "share of the investors that follow the price trend; the others follow utility"),
  hypeAppetite: assumed(0.3, 0, 2, "year", "log demand for a token per unit of annualised trend, of speculators"),
  utilityAppetite: assumed(
    1.5,
    0,
    5,
    "year",
    "log demand for a token per unit of annual service growth plus real yield, of the others",
  ),
  migrationSpeed: assumed(0.05, 0.001, 0.5, "1/day", "share of the gap between wanted and held capital that moves in a day"),
  orderMost: assumed(0.005, 0, 0.05, "1/day", "largest order for a token in a day, as a share of its market value"),
  mobileShare: assumed(
    0.1,
    0.001,
    0.5,
    "1",
    "capital that moves between tokens at the start, as a share of a token's market value",
  ),
  cashShare: assumed(0.15, 0.001, 0.9, "1", "share of the sector's capital that waits in cash at the start"),
  inflow: assumed(
    0,
    -2e10,
    2e10,
    "USD/year",
    "capital that enters the sector from outside (negative: leaves, out of cash only)",
  ),
  cashYield: assumed(0.04, 0, 0.2, "1/year", "what cash earns elsewhere: raises the share of capital that waits"),
  restGrowth: assumed(0.05, -0.5, 1, "1/year", "growth of service of the sector's other projects"),
  restYield: assumed(0.03, -0.5, 0.5, "1/year", "real yield of the sector's other projects"),
  trendMemory: assumed(0.02, 0.005, 0.2, "1/day", "weight of a day in the trend that speculators follow"),
  serviceMemory: assumed(0.03, 0.005, 0.2, "1/day", "weight of a day in the service that investors see"),
  serviceMemorySlow: assumed(0.01, 0.001, 0.1, "1/day", "weight of a day in the service that they compare it with"),
  issuanceMemory: assumed(0.04, 0.01, 0.2, "1/day", "weight of a day in the net issuance that investors see"),
  providerSpeed: assumed(
    0.004,
    0,
    0.05,
    "1/day",
    "most capacity that leaves one economy for the others in a day, as a share of it",
  ),
  switchingCost: assumed(0.1, 0, 1, "1", "difference of profit margins that a move does not pay for"),
  marginScale: assumed(0.45, 0.1, 1, "1", "further difference of margins at which moves are near their most"),
  correlation: assumed(1, 0, 1, "1", "correlation of the economies' market shocks; at 1 all run on the same market"),
} satisfies Record<string, ParamSpec>;

export type SectorParams = Readonly<Record<keyof typeof SECTOR_PARAMS, number>>;

/**
 * The sector's parameters: default values, then those given.
 * @throws UserError for an unknown name, a value out of its range, fewer projects than economies or memories in the wrong order
 */
export function resolveSector(given: Readonly<Record<string, number>>, numAgents: number): SectorParams {
  const specs: Readonly<Record<string, ParamSpec>> = SECTOR_PARAMS;
  for (const [name, value] of Object.entries(given)) {
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (!spec) throw new UserError("E_WARS_SECTOR", `the sector has no parameter ${name}`, suggest(name, Object.keys(specs)));
    if (!(typeof value === "number" && value >= spec.low && value <= spec.high)) {
      const message = `sector parameter ${name} is ${value}, allowed is ${spec.low} .. ${spec.high} (${spec.unit})`;
      throw new UserError("E_WARS_SECTOR", message, "give a number within the range");
    }
  }
  const values = Object.fromEntries(Object.entries(specs).map(([name, { value }]) => [name, given[name] ?? value]));
  const params = values as SectorParams;
  if (params.projects < numAgents) {
    const message = `the sector has ${params.projects} projects, the world alone has ${numAgents} economies`;
    throw new UserError("E_WARS_SECTOR", message, "raise projects to at least the number of economies");
  }
  if (!(params.serviceMemorySlow < params.serviceMemory)) {
    const message = `serviceMemorySlow is ${params.serviceMemorySlow}, it must be below serviceMemory ${params.serviceMemory}`;
    throw new UserError("E_WARS_SECTOR", message, "give the slow mean the smaller weight");
  }
  return params;
}
