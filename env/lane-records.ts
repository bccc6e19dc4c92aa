import type { FieldSpec, RecordBinding, RecordSpec } from "../compiler/schema.js";
import { breakerState } from "./breakers.js";
import { isEconomy } from "./economy.js";
import type { World } from "./world.js";

/** One value for all lanes. Ring positions advance by one each step; they are counters modulo the ring's length. */
export const CONTROL: RecordSpec = {
  seed: { unit: "1", type: "u32", doc: "seed of the run" },
  market: { unit: "1", type: "u32", doc: "first stream of the market's shocks" },
  scenario: { unit: "1", type: "u32", doc: "first stream of the parameters of an episode" },
  reset: { unit: "1", type: "u32", doc: "first stream of the initial state" },
  policy: { unit: "1", type: "u32", doc: "first stream of the policy's noise" },
  noiseDay: { unit: "1", type: "u32", doc: "day of the policy's noise: it is drawn anew when this changes" },
  numLanes: {
    unit: "1",
    type: "u32",
    doc: "markets lived through at a time, one per lane unless lanes share them; episode id = first id of the lane + numLanes x episodes finished",
  },
  randomise: { unit: "1", doc: "1: parameters of each episode are drawn; 0: they stay as given" },
  autoreset: { unit: "1", doc: "1: an ended episode is reset in the same step; 0: the lane goes on" },
  horizon: { unit: "1", doc: "control steps after which an episode is truncated" },
  supplySlot: { unit: "1", type: "index", doc: "step modulo 30" },
  actionSlot: { unit: "1", type: "index", doc: "step modulo the action delay" },
  observationSlot: { unit: "1", type: "index", doc: "step modulo the observation delay" },
};

/** The driver's own memory of a lane. */
export const LANE: RecordSpec = {
  episode: { unit: "1", type: "u32", doc: "episode id" },
  day: { unit: "1", type: "u32", doc: "control steps lived in this episode" },
  noise: { unit: "1", type: "u32", doc: "added to the streams of the policy's noise: lanes that share a market differ by it" },
  reward: { unit: "1", doc: "reward of the last step" },
  terminated: { unit: "1", doc: "1 when the last step ruined the world" },
  truncated: { unit: "1", doc: "1 when the last step was cut off by the horizon" },
  ended: { unit: "1", doc: "terminated or truncated" },
  return: { unit: "1", doc: "sum of rewards of the episode so far" },
  lastReturn: { unit: "1", doc: "sum of rewards of the last finished episode" },
  lastLength: { unit: "1", doc: "control steps of the last finished episode" },
};

type Fields = Record<string, FieldSpec>;

/** The records of a lane, in the order of `stepLane`'s and `resetLane`'s parameters. */
export interface LaneRecords {
  readonly c: RecordBinding;
  readonly l: RecordBinding;
  readonly s: RecordBinding;
  readonly p: RecordBinding;
  /** Requested action, in the action's units. */
  readonly q: RecordBinding;
  /** Applied action and, for a token, the day's mint and burn limits. */
  readonly a: RecordBinding;
  readonly z: RecordBinding;
  readonly f: RecordBinding;
  readonly r: RecordBinding;
  readonly k: RecordBinding;
  readonly b: RecordBinding;
  /** Rings of delayed actions and observations. */
  readonly h: RecordBinding;
  /** Observation of the next decision. */
  readonly o: RecordBinding;
  /** Last observation of an episode that ended in this step, before the reset. */
  readonly x: RecordBinding;
  /** Scratch: effective request and undelayed observation. */
  readonly e: RecordBinding;
  readonly n: RecordBinding;
  /** Hidden state for a critic, as it is next to `o` and `x`; empty unless a learner asks for it. */
  readonly v: RecordBinding;
  readonly w: RecordBinding;
}

export function actionFields(world: World): RecordSpec {
  if (world.actions.kind === "discrete") return { choice: { unit: "1", doc: world.actions.doc } };
  return mapFields(world.actions.fields, ({ unit, doc }) => ({ unit, doc }));
}

/** @param forCritic keep the world's hidden state beside the observations */
export function laneRecords(world: World, params: Readonly<Record<string, number>>, forCritic = false): LaneRecords {
  const hidden = forCritic ? Object.fromEntries((world.hidden ?? []).map((name) => [name, world.state[name]!])) : {};
  const actions = actionFields(world);
  const observations = mapFields(world.observations, ({ unit, doc }) => ({ unit, doc }));
  const token = isEconomy(world) ? world.token.symbol : "token";
  const scale = world.flows["supply"]?.scale ?? 1;
  const limits: Fields = isEconomy(world)
    ? {
        mintLimit: { unit: token, doc: "most tokens that may be minted in this step", scale: 0.01 * scale },
        burnLimit: { unit: token, doc: "most tokens that may be burned in this step", scale: 0.01 * scale },
      }
    : {};
  const constants = Object.fromEntries(
    Object.entries(world.params)
      .filter(([name]) => !world.varying.includes(name))
      .map(([name, { unit }]) => [name, { value: params[name]!, unit }]),
  );
  const lane = (name: string, fields: RecordSpec): RecordBinding => ({ name, kind: "lane", fields });
  const scratch = (name: string, fields: RecordSpec): RecordBinding => ({ name, kind: "scratch", fields });
  return {
    c: { name: "c", kind: "uniform", fields: CONTROL },
    l: lane("l", LANE),
    s: lane("s", world.state),
    p: {
      ...lane(
        "p",
        mapFields(world.params, ({ unit, doc }) => ({ unit, doc })),
      ),
      constants,
    },
    q: lane("q", actions),
    a: lane("a", { ...actions, ...limits }),
    z: scratch("z", world.shocks),
    f: lane("f", world.flows),
    r: lane("r", world.terms),
    k: lane(
      "k",
      mapFields(world.constraints, ({ unit, doc }) => ({ unit, doc })),
    ),
    b: lane("b", breakerState(token, scale)),
    h: lane("h", {
      ...ring("action.", actions, world.actionDelay),
      ...ring("observation.", observations, world.observationDelay),
    }),
    o: lane("o", observations),
    x: lane("x", observations),
    e: scratch("e", actions),
    n: scratch("n", observations),
    v: lane("v", hidden),
    w: lane("w", hidden),
  };
}

function ring(prefix: string, fields: RecordSpec, delay: number): RecordSpec {
  if (delay === 0) return {};
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [prefix + name, { ...field, length: delay }]));
}

function mapFields<Spec>(fields: Readonly<Record<string, Spec>>, map: (spec: Spec) => FieldSpec): RecordSpec {
  return Object.fromEntries(Object.entries(fields).map(([name, spec]) => [name, map(spec)]));
}
