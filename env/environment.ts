import type { FieldSpec, RecordBinding } from "../compiler/schema.js";
import { UserError } from "../core/errors.js";
import { SUPPLY_WINDOW } from "./breakers.js";
import type { Env, EnvSpec, ResetRequest, ResetResult, StepInfo, StepResult } from "./contract.js";
import { describeWorld } from "./contract.js";
import type { EpisodeStart } from "./episode-start.js";
import { parseReset } from "./episode-start.js";
import { laneUses, resetLane, stepLane } from "./lane.js";
import type { LaneRecords } from "./lane-records.js";
import { laneRecords } from "./lane-records.js";
import type { EnvOptions, EnvSettings } from "./settings.js";
import { parseEnvOptions } from "./settings.js";
import { whyOutside } from "./spaces.js";
import type { Values, World } from "./world.js";

const worlds = new WeakMap<Env, World>();

/** The world that {@link makeEnv} made an environment of; undefined for environments from elsewhere. */
export function worldOf(env: Env): World | undefined {
  return worlds.get(env);
}

/**
 * One world as a Gymnasium-like environment. It runs the plain functions as they stand: nothing is compiled, so a debugger
 * steps through them and pages that forbid `new Function` can use it.
 * @throws UserError for an unknown or bad option; `reset` and `step` do so too
 */
export function makeEnv(world: World, options: EnvOptions = {}): Env {
  const settings = parseEnvOptions(world, options);
  const spec = describeWorld(world, settings.horizon, "disabled");
  const lane = plainLane(world, settings);
  let phase: "new" | "running" | "ended" = "new";
  let seed = settings.seed;
  let episode = -1;

  const env: Env = {
    spec,
    reset(request: ResetRequest = {}): ResetResult {
      const start = parseReset(world, settings, request);
      if (request.seed !== undefined) episode = -1;
      seed = request.seed ?? seed;
      episode = request.options?.episode ?? (episode + 1) >>> 0;
      lane.reset(seed, episode, start);
      phase = "running";
      return { observation: toArray(lane.values.o), info: readInfo(world, lane.values) };
    },
    step(action): StepResult {
      if (phase !== "running") throw orderError(phase);
      setAction(spec, lane.values.q, action);
      lane.step();
      const { l, o, k } = lane.values;
      const terminated = l["terminated"] === 1;
      const truncated = l["truncated"] === 1;
      if (terminated || truncated) phase = "ended";
      return {
        observation: toArray(o),
        reward: l["reward"]!,
        costs: toArray(k),
        terminated,
        truncated,
        info: readInfo(world, lane.values),
      };
    },
  };
  worlds.set(env, world);
  return env;
}

type LaneValues = Record<keyof LaneRecords, Values>;

interface PlainLane {
  readonly values: LaneValues;
  reset(seed: number, episode: number, start: EpisodeStart): void;
  step(): void;
}

/** The lane driver on plain records. */
function plainLane(world: World, settings: EnvSettings): PlainLane {
  const records = laneRecords(world, settings.lane.params);
  const uses = laneUses(world, settings.lane);
  const values = Object.fromEntries(Object.entries(records).map(([name, record]) => [name, zeros(record)])) as LaneValues;
  const inOrder = Object.values(values);
  // The driver's parameters are typed for its own body; here all are records of numbers and arrays of numbers.
  const call = (run: unknown) => (run as (...args: readonly object[]) => void)(...inOrder, uses);
  const { c, l, p } = values;
  return {
    values,
    reset(seed, episode, start) {
      Object.assign(p, start.params);
      Object.assign(c, settings.streams, { seed, numLanes: 1, autoreset: 0, horizon: settings.horizon });
      Object.assign(c, { randomise: start.randomise ? 1 : 0, supplySlot: 0, actionSlot: 0, observationSlot: 0 });
      l["episode"] = episode;
      call(resetLane);
      l["day"] = start.day;
    },
    step() {
      call(stepLane);
      c["supplySlot"] = (c["supplySlot"]! + 1) % SUPPLY_WINDOW;
      c["actionSlot"] = (c["actionSlot"]! + 1) % Math.max(1, world.actionDelay);
      c["observationSlot"] = (c["observationSlot"]! + 1) % Math.max(1, world.observationDelay);
    },
  };
}

function zeros(record: RecordBinding): Record<string, number | number[]> {
  const zero = ({ length }: FieldSpec) => (length === undefined ? 0 : new Array<number>(length).fill(0));
  return Object.fromEntries(Object.entries(record.fields).map(([name, field]) => [name, zero(field)]));
}

function setAction(spec: EnvSpec, q: Values, action: ArrayLike<number> | number): void {
  const why = whyOutside(spec.actionSpace, action, spec.actionNames);
  if (why !== undefined) {
    throw new UserError("E_ACTION", `action of ${spec.id}: ${why}`, "clip the action to spec.actionSpace before the step");
  }
  for (const [i, name] of spec.actionNames.entries()) q[name] = typeof action === "number" ? action : action[i]!;
}

function readInfo(world: World, values: LaneValues): StepInfo {
  const { l, p, q, e, a, b, f, r } = values;
  const { changes: _ring, ...breakers } = b;
  return {
    episode: l["episode"]!,
    day: l["day"]!,
    params: Object.fromEntries(world.varying.map((name) => [name, p[name]!])),
    requested: { ...q },
    due: { ...e },
    applied: Object.fromEntries(Object.keys(q).map((name) => [name, a[name]!])),
    breakers,
    flows: { ...f },
    terms: { ...r },
  };
}

function toArray(record: Values): Float64Array {
  return Float64Array.from(Object.values(record));
}

function orderError(phase: "new" | "ended"): UserError {
  const what = phase === "new" ? "step was called before the first reset" : "step was called after the end of the episode";
  return new UserError("E_ENV_ORDER", what, "call reset() first");
}
