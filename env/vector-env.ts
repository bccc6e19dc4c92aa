import { UserError } from "../core/errors.js";
import type { EnvSpec, ResetRequest } from "./contract.js";
import { describeWorld } from "./contract.js";
import { type EpisodeStart, parseReset } from "./episode-start.js";
import { ringPositions } from "./lane/clock.js";
import { compileLanes, type LaneKernel } from "./lane/kernel.js";
import type { LaneArray, LaneDevice } from "./lane/memory.js";
import { type LaneRecord, laneReader } from "./lane/reader.js";
import type { LaneRecords } from "./lane/records.js";
import type { EnvOptions } from "./settings.js";
import { checkWhole, parseEnvOptions } from "./settings.js";
import type { Space } from "./spaces.js";
import { CHECKED_DRAWS, checkDrawnAccounts } from "./start-accounts.js";
import type { World } from "./world.js";

interface VectorEnvOptions extends EnvOptions {
  readonly numLanes: number;
  /** Default `js`: float64, bit-identical to {@link makeEnv}. `wasm` is float32 and faster. */
  readonly device?: LaneDevice;
}

/**
 * Many lanes of one world. A lane whose episode ends is reset in the same step and goes on with episode
 * `lane + numLanes x episodes finished in that lane`; a reset may shift all by `options.episode`.
 *
 * All arrays are struct of arrays: field i of lane j is element `i * numLanes + j`. They are newly allocated in each step:
 * Float64Array on `js`, Float32Array on `wasm`.
 */
export interface VectorEnv {
  readonly spec: EnvSpec;
  readonly numLanes: number;
  /** Starts an episode in every lane. Parameters that are given hold until the next reset. */
  reset(request?: ResetRequest): VectorReset;
  /** @param actions of all lanes, in the action's own units; for a discrete space one choice a lane */
  step(actions: ArrayLike<number>): VectorStep;
}

interface VectorReset {
  readonly observations: LaneArray;
  readonly info: VectorInfo;
}

export interface VectorStep {
  /** What to decide on next: in a lane that ended, the first observation of its new episode. */
  readonly observations: LaneArray;
  /** The last observation of the episode in lanes that ended; its value counts where `truncated`. Elsewhere without meaning. */
  readonly finalObservations: LaneArray;
  readonly rewards: LaneArray;
  /** Ordered like `spec.constraints`. */
  readonly costs: LaneArray;
  /** 0 or 1 a lane; never both. */
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  readonly info: VectorInfo;
}

/** As in {@link StepInfo}, an array a field with an element per lane. In lanes that ended it is of the new episode, but for `terms` and `last*`. */
interface VectorInfo {
  readonly episode: Uint32Array;
  readonly day: Uint32Array;
  readonly params: LaneRecord;
  readonly requested: LaneRecord;
  readonly applied: LaneRecord;
  readonly breakers: LaneRecord;
  readonly flows: LaneRecord;
  readonly terms: LaneRecord;
  /** Sum of rewards and number of steps of the episode that ended last in each lane. */
  readonly lastReturn: LaneArray;
  readonly lastLength: LaneArray;
}

/** @throws UserError for a bad option, and where the world cannot be compiled; `reset` and `step` for bad input */
export function makeVectorEnv(world: World, options: VectorEnvOptions): VectorEnv {
  const { numLanes, device = "js", ...rest } = options;
  const settings = parseEnvOptions(world, rest);
  checkWhole("numLanes", numLanes, 1, 2 ** 20);
  if (device !== "js" && device !== "wasm") {
    throw new UserError("E_DEVICE", `device is ${String(device)}, allowed are js and wasm`, "pick one of the two");
  }
  const spec = describeWorld(world, settings.horizon, "same-step");
  const kernel = compileLanes(world, settings.lane, device, numLanes);
  const lanes = laneReader({ view: kernel.view, fields: kernel.scalars }, device, numLanes);
  let clock = 0;
  let seed = settings.seed;
  let played = false;

  return {
    spec,
    numLanes,
    reset(request: ResetRequest = {}): VectorReset {
      const start = parseReset(world, settings, request);
      // Without a seed the lanes go on to their next episodes, also where they are in the middle of one.
      const from = request.seed === undefined && played ? undefined : 0;
      const episodes = kernel.view("lane", "episode");
      const first = request.options?.episode ?? from;
      const nextSeed = request.seed ?? seed;
      if (start.randomise) {
        const next = first ?? (episodes[0]! + numLanes) >>> 0;
        const draws = { seed: nextSeed, streams: settings.streams, first: next, count: numLanes + CHECKED_DRAWS };
        checkDrawnAccounts(world, start.params, draws);
      }
      seed = nextSeed;
      played = true;
      for (let i = 0; i < kernel.capacity; i++) episodes[i] = (first === undefined ? episodes[i]! + numLanes : first + i) >>> 0;
      const { streams, horizon } = settings;
      setControl(kernel, { ...streams, seed, numLanes, horizon, autoreset: 1, randomise: +start.randomise });
      clock = 0;
      setControl(kernel, ringPositions(world, clock));
      startLanes(kernel, start);
      return { observations: lanes.matrix("observation"), info: readInfo(lanes) };
    },
    step(actions): VectorStep {
      if (!played) throw new UserError("E_ENV_ORDER", "step was called before the first reset", "call reset() first");
      setActions(spec, kernel, actions, numLanes);
      setControl(kernel, ringPositions(world, clock));
      kernel.step();
      clock++;
      return {
        observations: lanes.matrix("observation"),
        finalObservations: lanes.matrix("lastObservation"),
        rewards: lanes.array("lane", "reward"),
        costs: lanes.matrix("costs"),
        terminated: lanes.flags("lane", "terminated"),
        truncated: lanes.flags("lane", "truncated"),
        info: readInfo(lanes),
      };
    },
  };
}

function startLanes(kernel: LaneKernel, { params, day }: EpisodeStart): void {
  for (const name of kernel.fields("params")) kernel.view("params", name).fill(params[name]!);
  kernel.reset();
  kernel.view("lane", "day").fill(day);
}

function setControl({ view }: Pick<LaneKernel, "view">, control: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(control)) view("control", name)[0] = value;
}

function readInfo({ words, array, record }: ReturnType<typeof laneReader<keyof LaneRecords>>): VectorInfo {
  return {
    episode: words("lane", "episode"),
    day: words("lane", "day"),
    params: record("params"),
    requested: record("requested"),
    applied: record("applied", ["mintLimit", "burnLimit"]),
    breakers: record("breakers"),
    flows: record("flows"),
    terms: record("terms"),
    lastReturn: array("lane", "lastReturn"),
    lastLength: array("lane", "lastLength"),
  };
}

function setActions(spec: EnvSpec, kernel: LaneKernel, actions: ArrayLike<number>, numLanes: number): void {
  const { actionNames, actionSpace } = spec;
  if (actions.length !== actionNames.length * numLanes) {
    throw actionError(spec, `${actions.length} numbers were given, ${actionNames.length} actions of ${numLanes} lanes belong`);
  }
  // All are checked before any is set: a refused step must not have happened in part.
  for (const [i, name] of actionNames.entries()) {
    const fits = withinSpace(actionSpace, i);
    for (let lane = 0; lane < numLanes; lane++) {
      const x = actions[i * numLanes + lane]!;
      if (!fits(x)) throw actionError(spec, `${name} of lane ${lane} is ${x}, outside ${showBounds(actionSpace, i)}`);
    }
  }
  for (const [i, name] of actionNames.entries()) {
    const view = kernel.view("requested", name);
    for (let lane = 0; lane < numLanes; lane++) view[lane] = actions[i * numLanes + lane]!;
  }
}

function withinSpace(space: Space, i: number): (x: number) => boolean {
  if (space.kind === "discrete") return (x) => Number.isInteger(x) && x >= 0 && x < space.count;
  const [low, high] = [space.low[i]!, space.high[i]!];
  return (x) => x >= low && x <= high;
}

function showBounds(space: Space, i: number): string {
  return space.kind === "discrete" ? `0 .. ${space.count - 1}` : `[${space.low[i]}, ${space.high[i]}]`;
}

function actionError(spec: EnvSpec, why: string): UserError {
  return new UserError("E_ACTION", `actions of ${spec.id}: ${why}`, "clip the actions to spec.actionSpace before the step");
}
