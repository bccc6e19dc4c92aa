import type { Interval } from "../core/statistics.js";
import { akash } from "../env/economies/akash/index.js";
import { meanInterval } from "./akash/gates.js";
import { constantPath, cosmosPath, livePaths, type Path } from "./akash/paths.js";

const SEED = 111;

/** What burning 80 % of the fees instead of 20 % does under one set of assumptions, on paired shocks. */
export interface BurnEffect {
  readonly overrides: Readonly<Record<string, number>>;
  /** Log price plus rewards, mean over the year. */
  readonly holderValue: Interval;
  readonly haltDays: Interval;
  readonly objective: Interval;
}

const BURN_PARAMS = ["issuanceHorizon", "lockElasticity", "feeToProviders"] as const;

/** The sign of burning at the default values and in the corners of the three assumptions that decide it. */
export function burnEffects(paths: number): BurnEffect[] {
  const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((corner) =>
    Object.fromEntries(
      BURN_PARAMS.map((name, i) => [name, corner & (1 << i) ? akash.params[name]!.high : akash.params[name]!.low]),
    ),
  );
  const defaults = Object.fromEntries(BURN_PARAMS.map((name) => [name, akash.params[name]!.value]));
  return [defaults, ...corners].map((overrides) => {
    const live = (burnShare: number) => livePaths(constantPath(0.06, burnShare, 0.15), { paths, seed: SEED, overrides });
    const [little, much] = [live(0.2), live(0.8)];
    const effect = (figure: (path: Path) => number) => meanInterval(little.map((path, i) => figure(much[i]!) - figure(path)));
    return {
      overrides,
      holderValue: effect(({ terms }) => terms["holderRaw"]!),
      haltDays: effect(({ costs }) => costs["haltDays"]!),
      objective: effect(({ reward }) => reward),
    };
  });
}

/** How far the mean objective under the Cosmos rule moves when one parameter is a quarter smaller or larger. */
export interface Sensitivity {
  readonly name: string;
  readonly less: Interval;
  readonly more: Interval;
}

/** Not assumptions about behaviour: sizes that only scale, switches, and the knobs of scenarios. */
const LEFT_OUT = ["stepDays", "feeVariant", "regimeStart", "eventDay", "supplyCap"];

/** Every parameter in turn, a quarter down and up within its range, on paired shocks; the strongest first. */
export function sensitivities(paths: number): Sensitivity[] {
  const live = (overrides: Readonly<Record<string, number>>) => livePaths(cosmosPath, { paths, seed: SEED, overrides });
  const base = live({});
  const effect = (name: string, value: number) => {
    const other = live({ [name]: value });
    return meanInterval(base.map((path, i) => other[i]!.reward - path.reward));
  };
  const rows = Object.entries(akash.params)
    .filter(([name, { value }]) => !LEFT_OUT.includes(name) && value !== 0)
    .map(([name, { value, low, high }]) => {
      const within = (factor: number) => Math.min(Math.max(value * factor, low), high);
      return { name, less: effect(name, within(0.75)), more: effect(name, within(1.25)) };
    });
  const size = ({ less, more }: Sensitivity) => Math.max(Math.abs(less.mean), Math.abs(more.mean));
  return rows.sort((a, b) => size(b) - size(a));
}
