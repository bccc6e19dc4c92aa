import type { Report } from "./check-rules.js";
import type { EnvSpec, ResetResult, StepInfo, StepResult } from "./contract.js";
import { whyOutside } from "./spaces.js";

// An environment under check may return anything, whatever its type says.
type Loose<T> = { readonly [Key in keyof T]?: unknown };
type Numbers = Readonly<Record<string, number>>;

const INFO_RECORDS = ["params", "requested", "due", "applied", "breakers", "flows", "terms"] as const;

export function checkReset(spec: EnvSpec, reset: ResetResult, report: Report): void {
  if (!isRecord(reset) || !("observation" in reset) || !isRecord(reset.info)) {
    report("reset-result", `reset returned ${preview(reset)}`);
    return;
  }
  checkObservation(spec, reset.observation, report);
  checkInfo(spec, reset.info, report);
}

interface Transition {
  readonly before: StepInfo;
  readonly action: Float64Array | number;
  readonly result: StepResult;
}

export function checkStep(spec: EnvSpec, { before, action, result }: Transition, report: Report): void {
  const members = ["observation", "reward", "costs", "terminated", "truncated", "info"];
  const missing = isRecord(result) ? members.filter((member) => !(member in result)) : members;
  if (missing.length > 0) {
    report("step-result", `step returned ${preview(result)} without ${missing.join(", ")}`);
    return;
  }
  // First, since a flow that is no number is the cause of whatever else is none.
  checkInfo(spec, result.info, report);
  checkObservation(spec, result.observation, report);
  if (!Number.isFinite(result.reward)) report("reward-finite", `reward is ${String(result.reward)}`);
  checkCosts(spec, result.costs, report);
  checkEnd(result, report);
  if (!isRecord(result.info) || !isRecord(before)) return;
  if (result.info.day !== before.day + 1) report("info-day", `day went from ${before.day} to ${result.info.day} in one step`);
  checkActions(spec, action, result.info, report);
  checkSupply(before, result.info, report);
}

function checkObservation(spec: EnvSpec, observation: unknown, report: Report): void {
  const count = spec.observationSpace.low.length;
  if (!(observation instanceof Float64Array) || observation.length !== count) {
    report("observation-type", `the observation is ${preview(observation)}, expected are ${count} numbers`);
    return;
  }
  for (const [i, x] of observation.entries()) {
    if (!Number.isFinite(x)) report("observation-finite", `observation ${spec.observationNames[i]} is ${x}`);
  }
  const why = whyOutside(spec.observationSpace, observation, spec.observationNames);
  if (why !== undefined && observation.every(Number.isFinite)) report("observation-space", `observation ${why}`);
}

function checkCosts(spec: EnvSpec, costs: unknown, report: Report): void {
  if (!(costs instanceof Float64Array) || costs.length !== spec.constraints.length) {
    report("costs-type", `costs are ${preview(costs)}, expected are ${spec.constraints.length} numbers`);
    return;
  }
  for (const [i, cost] of costs.entries()) {
    if (!Number.isFinite(cost)) report("costs-finite", `cost ${spec.constraints[i]!.name} is ${cost}`);
  }
}

function checkEnd({ terminated, truncated }: Loose<StepResult>, report: Report): void {
  if (typeof terminated !== "boolean" || typeof truncated !== "boolean") {
    report("end-flags", `terminated is ${String(terminated)} and truncated is ${String(truncated)}`);
  } else if (terminated && truncated) {
    report("end-both", "terminated and truncated are both true");
  }
}

function checkInfo(spec: EnvSpec, info: Loose<StepInfo>, report: Report): void {
  if (!isRecord(info)) {
    report("info-missing", `info is ${preview(info)}`);
    return;
  }
  for (const name of ["episode", "day"] as const) {
    if (!Number.isInteger(info[name])) report("info-missing", `info.${name} is ${String(info[name])}`);
  }
  for (const name of INFO_RECORDS) {
    const values = info[name];
    if (!isRecord(values)) {
      report("info-missing", `info.${name} is ${preview(values)}`);
      continue;
    }
    for (const [field, value] of Object.entries(values)) {
      if (!Number.isFinite(value)) report("info-finite", `info.${name}.${field} is ${String(value)}`);
    }
  }
  requireFields(info, ["requested", "due", "applied"], spec.actionNames, report);
  requireFields(info, ["terms"], spec.termNames, report);
}

function requireFields(
  info: Loose<StepInfo>,
  records: readonly (keyof StepInfo)[],
  names: readonly string[],
  report: Report,
): void {
  for (const record of records) {
    const values = info[record];
    if (!isRecord(values)) continue;
    for (const name of names) {
      if (!(name in values)) report("info-missing", `info.${record} lacks ${name}`);
    }
  }
}

function checkActions(spec: EnvSpec, action: Float64Array | number, info: StepInfo, report: Report): void {
  const { requested, applied } = info as Loose<StepInfo>;
  for (const [i, name] of spec.actionNames.entries()) {
    const asked = typeof action === "number" ? action : action[i]!;
    if (isRecord(requested) && name in requested && requested[name] !== asked) {
      report("info-requested", `${name} was requested as ${asked}, info.requested says ${String(requested[name])}`);
    }
  }
  if (!isRecord(applied)) return;
  const values = spec.actionNames.map((name) => applied[name]);
  const value = spec.actionSpace.kind === "discrete" ? values[0] : values;
  const why = whyOutside(spec.actionSpace, value, spec.actionNames);
  if (why !== undefined) report("applied-band", `info.applied: ${why}`);
}

/** Supply after the step is supply before it plus minted minus burned, for worlds that report all three. */
function checkSupply(before: Loose<StepInfo>, after: Loose<StepInfo>, report: Report): void {
  const [old, now] = [before.flows, after.flows] as [Numbers, Numbers];
  if (!isRecord(old) || !isRecord(now) || !["supply", "minted", "burned"].every((name) => name in now)) return;
  const { supply, minted, burned } = now as { supply: number; minted: number; burned: number };
  const negative = (["supply", "minted", "burned"] as const).filter((name) => now[name]! < 0);
  for (const name of negative satisfies readonly string[]) report("flow-negative", `${name} is ${now[name]}`);
  const expected = old["supply"]! + minted - burned;
  // Balances are added up in float64 in another order than here: some ten roundings of 2^-53.
  if (Math.abs(supply - expected) > 1e-13 * Math.max(Math.abs(expected), 1)) {
    const books = `supply is ${supply} after ${old["supply"]} + ${minted} minted - ${burned} burned = ${expected}`;
    const size = Math.abs(supply - expected);
    const same = Object.keys(now).filter((name) => name !== "supply" && Math.abs(Math.abs(now[name]!) - size) <= 1e-6 * size);
    const suspect = same.length > 0 ? `; the difference is as much as the flow ${same.join(" or ")}` : "";
    report("supply-identity", `on day ${after.day} ${books}${suspect}`);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

function preview(value: unknown): string {
  if (ArrayBuffer.isView(value) || Array.isArray(value)) {
    return `${value.constructor.name} of ${(value as Float64Array).length}`;
  }
  return isRecord(value) ? `an object with ${Object.keys(value).join(", ") || "nothing"}` : String(value);
}
