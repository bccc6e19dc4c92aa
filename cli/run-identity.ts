import { canonicalJson, hashOf } from "../core/digest.js";
import { UserError } from "../core/errors.js";
import { laneRecords, memoryLayout } from "../env/lane/records.js";
import type { Checkpoint } from "../train/checkpoint.js";
import { undoChanges } from "./run-changes.js";
import { type RunPlan, settingsOf } from "./run-plan.js";

/**
 * Settings that a checkpoint does not depend on: every device goes on from every other's state, and neither threads nor the moments
 * of saving and evaluating change what is computed.
 */
const FREE_SETTINGS: readonly string[] = ["device", "threads", "checkpointEvery", "evalEvery", "earlyStop"];

/** What a checkpoint's header says of the run that it belongs to: all that decides what its numbers mean. */
export function describeRun(plan: RunPlan): Readonly<Record<string, unknown>> {
  const { economy, file, from, preset, params, config } = plan;
  const { lane } = settingsOf(plan);
  return {
    economy: economy.id,
    ...(file ? { economySha256: file.sha256 } : {}),
    ...(from ? { fromSha256: from.sha256 } : {}),
    preset,
    params,
    config,
    settingsHash: hashOf(lane),
    laneMemory: hashOf(memoryLayout(laneRecords(economy, lane.params, { limits: lane.limits, forCritic: true }))),
  };
}

/**
 * Checks that a checkpoint was made with what config.json says now, or said before changes that were made since: at the checkpoint's
 * very iteration (the next checkpoint may not have come yet), or later where the checkpoint is an older one that was kept.
 * @param kept whether the checkpoint is that of the best evaluation, not the last
 * @returns the plan that the checkpoint was made with
 * @throws UserError naming the first thing that differs, and both values
 */
export function checkRunIdentity(folder: string, plan: RunPlan, checkpoint: Checkpoint, kept: boolean): RunPlan {
  const iteration = Number(checkpoint.header["iteration"]);
  const since = (plan.changes ?? []).filter(
    (change) => change.iteration === iteration || (kept && change.iteration > iteration),
  );
  for (let count = 0; count <= since.length; count++) {
    const before = count === 0 ? plan : undoChanges(plan, count);
    if (whyForeign(folder, before, checkpoint) === undefined) return before;
  }
  throw whyForeign(folder, plan, checkpoint);
}

function whyForeign(folder: string, plan: RunPlan, { header }: Checkpoint): UserError | undefined {
  const now = describeRun(plan);
  for (const [name, have, had] of pairs(now, header)) if (!isSame(have, had)) return edited(folder, name, have, had);
  if (header["settingsHash"] === now["settingsHash"]) return undefined;
  const message = `the parameters, weights or limits of ${plan.economy.id} are not those that ${folder} was trained with`;
  return new UserError("E_RUN_CONFIG", message, `use the flyball that ${folder}/manifest.json names, or train anew`);
}

/**
 * Checks that a checkpoint's lanes are laid out as this flyball's: only going on with the run needs them.
 * @throws UserError `E_RUN_VERSION`
 */
export function checkLaneMemory(folder: string, plan: RunPlan, { header }: Checkpoint): void {
  if (header["laneMemory"] === describeRun(plan)["laneMemory"]) return;
  const message = `the worlds in ${folder}/checkpoint.bin were saved by a flyball that keeps other figures of ${plan.economy.id}`;
  const hint = `go on with the flyball that ${folder}/manifest.json names, or train anew; the controller can still be exported and evaluated`;
  throw new UserError("E_RUN_VERSION", message, hint);
}

type Pair = readonly [name: string, have: unknown, had: unknown];

function pairs(now: Readonly<Record<string, unknown>>, then: Readonly<Record<string, unknown>>): readonly Pair[] {
  const single: readonly Pair[] = [
    ["economy", now["economy"], then["economy"]],
    ["economyFile.sha256", now["economySha256"], then["economySha256"]],
    ["from.sha256", now["fromSha256"], then["fromSha256"]],
    ["preset", now["preset"], then["preset"]],
  ];
  const nested = ["config", "params"].flatMap((group) => {
    const have = recordIn(now[group]);
    const had = recordIn(then[group]);
    const names = [...new Set([...Object.keys(have), ...Object.keys(had)])];
    return names
      .filter((name) => group !== "config" || !FREE_SETTINGS.includes(name))
      .map((name): Pair => [name, have[name], had[name]]);
  });
  return [...single, ...nested];
}

function recordIn(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

const isSame = (left: unknown, right: unknown): boolean => canonicalJson(left ?? null) === canonicalJson(right ?? null);

function edited(folder: string, name: string, have: unknown, had: unknown): UserError {
  const shown = (value: unknown) => (value === undefined ? "nothing" : JSON.stringify(value));
  const message = `${folder}/config.json was edited: ${name} is ${shown(have)}, but its checkpoint was trained with ${shown(had)}`;
  const back = had === undefined ? `remove ${name}` : `set ${JSON.stringify(name)}: ${shown(had)} again`;
  return new UserError("E_RUN_CONFIG", message, `${back}, or train anew in another folder`);
}
