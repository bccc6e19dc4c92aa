import { canonicalJson } from "../core/digest.js";
import { UserError } from "../core/errors.js";
import { parseConfig, parseSetting } from "../train/config.js";
import { workOf } from "../train/train.js";
import type { RunPlan } from "./run-plan.js";

/** Settings that may change between two iterations: no array has another shape for it, and no counter another meaning. */
export const CHANGEABLE: readonly string[] = [
  ...["learningRate", "annealLearningRate", "entCoef", "clipCoef", "clipValueLoss", "vfCoef", "boundCoef", "maxGradNorm"],
  ...["targetKl", "normalizeAdvantage", "clipReward", "stepSize", "deltaStd", "topDirections"],
  ...["evalEvery", "earlyStop", "checkpointEvery"],
];

/** What `flyball resume` was asked to change. */
interface Asked {
  readonly steps?: number | undefined;
  readonly set?: readonly string[] | undefined;
  /** Iterations done. */
  readonly iteration: number;
}

/**
 * The plan with other settings from this iteration on, and the change written down; the plan itself where nothing differs.
 * @throws UserError for a setting that may not change, or where no iteration would be left to make
 */
export function changeRun(plan: RunPlan, { steps, set = [], iteration }: Asked): RunPlan {
  const asked = set.map(parseSetting);
  for (const { key } of asked) if (!CHANGEABLE.includes(key)) throw fixed(key);
  const wanted: Readonly<Record<string, unknown>> = {
    ...Object.fromEntries(asked.map(({ key, value }) => [key, value])),
    ...(steps === undefined ? {} : { totalSteps: steps }),
  };
  const before: Readonly<Record<string, unknown>> = plan.config;
  const config = parseConfig({ ...plan.config, ...wanted });
  const names = Object.keys(wanted).filter((name) => canonicalJson(before[name]) !== canonicalJson(config[name]));
  if (names.length === 0) return plan;
  checkLeft({ ...plan, config }, iteration, steps);
  const of = (values: Readonly<Record<string, unknown>>) => Object.fromEntries(names.map((name) => [name, values[name]]));
  return { ...plan, config, changes: [...(plan.changes ?? []), { iteration, set: of(config), was: of(before) }] };
}

function fixed(key: string): UserError {
  if (key === "totalSteps") return new UserError("E_RUN_CHANGE", "totalSteps is given by an option of its own", "use --steps");
  const hint = `these may change: ${CHANGEABLE.join(", ")}; for another ${key} train anew`;
  return new UserError("E_RUN_CHANGE", `${key} cannot change within a run`, hint);
}

function checkLeft({ config, economy }: RunPlan, iteration: number, steps: number | undefined): void {
  const { iterations, stepsPerIteration } = workOf(config, economy);
  if (iterations > iteration) return;
  let enough = config.totalSteps;
  while (workOf({ ...config, totalSteps: enough }, economy).iterations <= iteration) enough += stepsPerIteration;
  const made = `all ${iteration} iterations are done`;
  const message =
    steps === undefined
      ? `${made}: a change would have no effect`
      : `--steps ${steps} is too few: iterations of learning would be ${iterations}, and ${iteration} are done`;
  throw new UserError("E_RUN_CHANGE", message, `use --steps ${enough} or more: the env-steps of the whole run`);
}

/** The plan as it was before its last `count` changes. */
export function undoChanges(plan: RunPlan, count: number): RunPlan {
  const { changes = [] } = plan;
  const undone = changes.slice(changes.length - count).toReversed();
  const config = Object.assign({ ...plan.config }, ...undone.map(({ was }) => was));
  return { ...plan, config, changes: changes.slice(0, changes.length - count) };
}
