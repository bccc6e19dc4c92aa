import type { FieldSpec, RecordBinding, RecordSpec } from "../../compiler/schema.js";
import type { BreakerMemory } from "../breakers/breaker.js";
import { breakerRecord } from "../breakers/compose.js";
import { type BreakerLimits, DEFAULT_LIMITS } from "../breakers/limits.js";
import { isEconomy } from "../economy.js";
import type { Values, World } from "../world.js";

/** One value for all lanes. Ring positions advance by one each step; they are counters modulo the ring's length. */
export const CONTROL = {
  seed: { unit: "1", type: "u32", doc: "seed of the run" },
  market: { unit: "1", type: "u32", doc: "first stream of the market's shocks" },
  scenario: { unit: "1", type: "u32", doc: "first stream of the parameters of an episode" },
  reset: { unit: "1", type: "u32", doc: "first stream of the initial state" },
  policy: { unit: "1", type: "u32", doc: "first stream of the policy's noise" },
  noiseDay: { unit: "1", type: "u32", doc: "day of the policy's noise: it is drawn anew when this changes" },
  numLanes: {
    unit: "1",
    type: "u32",
    doc: "markets simulated at a time, one per lane unless lanes share them; episode id = first id of the lane + numLanes x episodes finished",
  },
  randomise: { unit: "1", doc: "1: parameters of each episode are drawn; 0: they stay as given" },
  autoreset: { unit: "1", doc: "1: an ended episode is reset in the same step; 0: the lane goes on" },
  horizon: { unit: "1", doc: "control steps after which an episode is truncated" },
  supplySlot: { unit: "1", type: "index", doc: "step modulo 30" },
  actionSlot: { unit: "1", type: "index", doc: "step modulo the action delay" },
  observationSlot: { unit: "1", type: "index", doc: "step modulo the observation delay" },
} as const satisfies RecordSpec;

/** The driver's own memory of a lane. */
const LANE = {
  episode: { unit: "1", type: "u32", doc: "episode id" },
  day: { unit: "1", type: "u32", doc: "control steps of this episode so far" },
  noise: { unit: "1", type: "u32", doc: "added to the streams of the policy's noise: lanes that share a market differ by it" },
  reward: { unit: "1", doc: "reward of the last step" },
  terminated: { unit: "1", doc: "1 when the last step ruined the world" },
  truncated: { unit: "1", doc: "1 when the last step was cut off by the horizon" },
  ended: { unit: "1", doc: "terminated or truncated" },
  return: { unit: "1", doc: "sum of rewards of the episode so far" },
  lastReturn: { unit: "1", doc: "sum of rewards of the last finished episode" },
  lastLength: { unit: "1", doc: "control steps of the last finished episode" },
} as const satisfies RecordSpec;

/** The records of one lane as the driver's functions see them: numbers by field, rings as arrays. */
export interface LaneValues {
  readonly control: Record<keyof typeof CONTROL, number>;
  readonly lane: Record<keyof typeof LANE, number>;
  readonly state: Values;
  readonly params: Values;
  /** What the controller asks for, in the action's units. */
  readonly requested: Values;
  /** The action in force and, for a token, the day's mint and burn limits. */
  readonly applied: Values;
  readonly shocks: Values;
  readonly flows: Values;
  readonly terms: Values;
  readonly costs: Values;
  readonly breakers: BreakerMemory;
  /** Rings of delayed actions and observations. */
  readonly delays: Record<string, number[]>;
  /** Observation of the next decision. */
  readonly observation: Values;
  /** Last observation of an episode that ended in this step, before the reset. */
  readonly lastObservation: Values;
  /** The request that is due now: the one of `actionDelay` steps ago. */
  readonly due: Values;
  /** The observation of this step, before its delay. */
  readonly undelayed: Values;
  /** Hidden state for a critic, as it is next to `observation` and `lastObservation`; empty unless a learner asks for it. */
  readonly hidden: Values;
  readonly lastHidden: Values;
}

/** How each record is stored; `shocks`, `due` and `undelayed` are scratch. */
export type LaneRecords = Readonly<Record<keyof LaneValues, RecordBinding>>;

export function actionFields(world: World): RecordSpec {
  if (world.actions.kind === "discrete") return { choice: { unit: "1", doc: world.actions.doc } };
  return mapFields(world.actions.fields, ({ unit, doc }) => ({ unit, doc }));
}

export interface LaneRecordOptions {
  /** The breakers' limits decide which of them are there. */
  readonly limits?: BreakerLimits;
  /** Keep the world's hidden state besides the observations. */
  readonly forCritic?: boolean;
  /** `false`: ended episodes are never reset within a step, so that the code for it is left out; by default `control` says so. */
  readonly autoreset?: false;
}

export function laneRecords(
  world: World,
  params: Readonly<Record<string, number>>,
  { limits = DEFAULT_LIMITS, forCritic = false, autoreset }: LaneRecordOptions = {},
): LaneRecords {
  const hidden = forCritic ? Object.fromEntries((world.hidden ?? []).map((name) => [name, world.state[name]!])) : {};
  const actions = actionFields(world);
  const observations = mapFields(world.observations, ({ unit, doc }) => ({ unit, doc }));
  const constants = Object.fromEntries(
    Object.entries(world.params)
      .filter(([name]) => !world.varying.includes(name))
      .map(([name, { unit }]) => [name, { value: params[name]!, unit }]),
  );
  const paramFields = mapFields(world.params, ({ unit, doc }) => ({ unit, doc }));
  return {
    control: {
      ...{ name: "control", kind: "uniform", fields: CONTROL },
      ...(autoreset === false ? { constants: { autoreset: { value: 0, unit: "1" } } } : {}),
    },
    lane: stored("lane", LANE),
    state: stored("state", world.state),
    params: { ...stored("params", paramFields), constants },
    requested: stored("requested", actions),
    applied: stored("applied", { ...actions, ...supplyLimits(world) }),
    shocks: scratch("shocks", world.shocks),
    flows: stored("flows", world.flows),
    terms: stored("terms", world.terms),
    costs: stored(
      "costs",
      mapFields(world.constraints, ({ unit, doc }) => ({ unit, doc })),
    ),
    breakers: stored("breakers", breakerRecord(limits, tokenOf(world), supplyScale(world))),
    delays: stored("delays", {
      ...ring("action.", actions, world.actionDelay),
      ...ring("observation.", observations, world.observationDelay),
    }),
    observation: stored("observation", observations),
    lastObservation: stored("lastObservation", observations),
    due: scratch("due", actions),
    undelayed: scratch("undelayed", observations),
    hidden: stored("hidden", hidden),
    lastHidden: stored("lastHidden", hidden),
  };
}

/** Names of the records that are kept per lane, in the order in which compiled programs take their addresses. */
export function storedRecords(records: LaneRecords): readonly (keyof LaneRecords)[] {
  return (Object.keys(records) as (keyof LaneRecords)[]).filter((name) => records[name].kind === "lane");
}

/** What a lane's memory holds and in which order: saved lanes mean what they say only where this is the same. */
export function memoryLayout(records: LaneRecords): readonly string[] {
  return storedRecords(records).flatMap((record) =>
    Object.entries(records[record].fields).map(([field, { length = 1 }]) => `${record}.${field} ${length}`),
  );
}

function supplyLimits(world: World): RecordSpec {
  if (!isEconomy(world)) return {};
  const [unit, scale] = [tokenOf(world), 0.01 * supplyScale(world)];
  return {
    mintLimit: { unit, doc: "most tokens that may be minted in this step", scale },
    burnLimit: { unit, doc: "most tokens that may be burned in this step", scale },
  };
}

const tokenOf = (world: World): string => (isEconomy(world) ? world.token.symbol : "token");
const supplyScale = (world: World): number => world.flows["supply"]?.scale ?? 1;
const stored = (name: keyof LaneRecords, fields: RecordSpec): RecordBinding => ({ name, kind: "lane", fields });
const scratch = (name: keyof LaneRecords, fields: RecordSpec): RecordBinding => ({ name, kind: "scratch", fields });

function ring(prefix: string, fields: RecordSpec, delay: number): RecordSpec {
  if (delay === 0) return {};
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [prefix + name, { ...field, length: delay }]));
}

function mapFields<Spec>(fields: Readonly<Record<string, Spec>>, map: (spec: Spec) => FieldSpec): RecordSpec {
  return Object.fromEntries(Object.entries(fields).map(([name, spec]) => [name, map(spec)]));
}
