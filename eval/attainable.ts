import { UserError } from "../core/errors.js";
import { meanInterval } from "../core/mean-interval.js";
import { averageOver, FORESIGHT_NOTE, type Foresight, minus, shareOf } from "./foresight.js";
import type { Provenance, Report } from "./report-schema.js";
import type { ControllerRun } from "./types.js";

type Place = Pick<Provenance, "days" | "seed" | "seedBlock" | "paramsHash">;

/**
 * That what was found is for the very markets of a comparison, on test markets.
 * @throws UserError E_FORESIGHT_OTHER naming the first difference
 */
export function checkForesight(
  found: Foresight,
  here: Place & { readonly economy: string; readonly weightsHash: string; readonly scenarios: readonly string[] },
): void {
  const pairs: readonly (readonly [string, string | number, string | number])[] = [
    ["economy", found.economy, here.economy],
    ["split", found.split, "test"],
    ["parameters (hash)", found.paramsHash.slice(0, 8), here.paramsHash.slice(0, 8)],
    ["objective (hash)", found.weightsHash.slice(0, 8), here.weightsHash.slice(0, 8)],
    ["days", found.days, here.days],
    ["seed", found.seed, here.seed],
    ["block", found.block, here.seedBlock],
  ];
  const other = pairs.find(([, there, now]) => there !== now);
  const missing = here.scenarios.find((name) => !Object.hasOwn(found.scenarios, name));
  if (!other && missing === undefined) return;
  const message = other
    ? `the foresight file has ${other[0]} ${other[1]}, the comparison ${other[2]}`
    : `the foresight file has no scenario ${missing}`;
  throw new UserError(
    "E_FORESIGHT_OTHER",
    message,
    "run flyball foresight with the options of the comparison, or the other way round",
  );
}

interface AttainableInput {
  readonly runs: readonly ControllerRun[];
  readonly baseline: string;
  readonly scenarios: readonly string[];
  readonly foresight: Foresight;
  readonly level: number;
}

/** What could be gained over the baseline, and which share of it each controller gets, over the markets that both have. */
export function attainableReport({ runs, baseline, scenarios, foresight, level }: AttainableInput): Report["attainable"] {
  const base = runs.find(({ id }) => id === baseline)!;
  const markets = Math.min(foresight.scenarios[scenarios[0]!]!.bestFound.length, returnsOf(base, scenarios[0]!).length);
  const over = (names: readonly string[], of: (scenario: string) => ArrayLike<number>) =>
    averageOver(names.map((name) => Array.from(of(name)).slice(0, markets)));
  const among = (names: readonly string[]) => ({
    baseline: over(names, (name) => returnsOf(base, name)),
    best: over(names, (name) => foresight.scenarios[name]!.bestFound),
  });
  const shareIn = (run: ControllerRun, names: readonly string[]) => {
    const share = shareOf({ ...among(names), own: over(names, (name) => returnsOf(run, name)) }, level);
    return share ? { share } : {};
  };
  const gainIn = (names: readonly string[]) => {
    const { best, baseline: own } = among(names);
    return meanInterval(minus(best, own), level);
  };
  return {
    ...{ note: FORESIGHT_NOTE, finished: foresight.finished, markets, every: foresight.every },
    gain: gainIn(scenarios),
    gainByScenario: Object.fromEntries(scenarios.map((name) => [name, gainIn([name])])),
    controllers: runs
      .filter(({ id }) => id !== baseline)
      .map((run) => ({
        id: run.id,
        ...shareIn(run, scenarios),
        byScenario: Object.fromEntries(scenarios.map((name) => [name, shareIn(run, [name])])),
      })),
  };
}

const returnsOf = (run: ControllerRun, scenario: string): Float64Array => run.scenarios[scenario]!.metrics.return;
