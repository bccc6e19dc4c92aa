import type { FieldSpec, RecordBinding } from "../../compiler/schema.js";
import { UserError } from "../../core/errors.js";
import { suggest } from "../../core/nearest.js";
import { SUPPLY_WINDOW } from "../breakers.js";
import type { StepInfo } from "../contract.js";
import { parseReset } from "../episode-start.js";
import { checkKeys, checkWord } from "../settings.js";
import { whyOutside } from "../spaces.js";
import type { Values } from "../world.js";
import { restartAgent, stepAgent } from "./agent-lane.js";
import {
  describeWars,
  readSector,
  type WarsEnv,
  type WarsInfo,
  type WarsReset,
  type WarsResetRequest,
  type WarsStep,
} from "./contract.js";
import { type AgentPlan, type AgentRecords, planWars, type WarsOptions, type WarsPlan } from "./plan.js";
import { startSector, stepSector } from "./sector.js";

/**
 * One world of several economies. It runs the plain functions as they stand: nothing is compiled, so a debugger steps through them.
 * @throws UserError for a bad set-up; `reset` and `step` do so for bad input
 */
export function makeWars(options: WarsOptions): WarsEnv {
  const plan = planWars(options);
  const world = plainWorld(plan);
  const spec = describeWars(plan);
  let live: readonly string[] = [];
  let { seed } = plan;
  let episode = -1;
  const of = <T>(ids: readonly string[], make: (agent: PlainAgent) => T) =>
    Object.fromEntries(
      world.agents.filter(({ plan: { id } }) => ids.includes(id)).map((agent) => [agent.plan.id, make(agent)]),
    );
  const specOf = (id: string) => {
    if (Object.hasOwn(spec.agents, id)) return spec.agents[id]!;
    throw new UserError("E_WARS_AGENT", `there is no agent ${id}`, suggest(id, plan.ids));
  };
  return {
    spec,
    possibleAgents: plan.ids,
    get agents() {
      return live;
    },
    observationSpace: (id) => specOf(id).observationSpace,
    actionSpace: (id) => specOf(id).actionSpace,
    reset(request: WarsResetRequest = {}): WarsReset {
      const given = parseWarsReset(request);
      if (request.seed !== undefined) episode = -1;
      seed = request.seed ?? seed;
      episode = given ?? (episode + 1) >>> 0;
      world.reset(seed, episode);
      live = plan.ids;
      return {
        observations: of(live, ({ values }) => toArray(values.o)),
        infos: of(live, (agent) => readInfo(plan, world, agent)),
      };
    },
    step(actions): WarsStep {
      checkActions(plan, live, actions);
      const acting = live;
      for (const agent of world.agents) if (acting.includes(agent.plan.id)) setAction(agent, actions[agent.plan.id]!);
      world.step();
      const result: WarsStep = {
        observations: of(acting, ({ values }) => toArray(values.o)),
        rewards: of(acting, ({ values }) => values.l["reward"]!),
        costs: of(acting, ({ values }) => toArray(values.k)),
        terminations: of(acting, ({ values }) => values.l["terminated"] === 1),
        truncations: of(acting, ({ values }) => values.l["truncated"] === 1),
        infos: of(acting, (agent) => readInfo(plan, world, agent)),
      };
      live = acting.filter((id) => !result.terminations[id] && !result.truncations[id]);
      return result;
    },
  };
}

/** @returns the episode that is asked for, if any */
export function parseWarsReset({ seed, options = {} }: WarsResetRequest): number | undefined {
  checkKeys("reset option of token wars", options, { episode: true });
  if (seed !== undefined) checkWord("seed", seed);
  return options.episode === undefined ? undefined : checkWord("episode", options.episode);
}

type RecordValues = Record<keyof AgentRecords, Values>;

interface PlainAgent {
  readonly plan: AgentPlan;
  readonly values: RecordValues;
  readonly call: (run: unknown) => void;
}

/** The same functions that are compiled, on plain records. */
function plainWorld(plan: WarsPlan) {
  const agents = plan.agents.map(plainAgent);
  const { records, uses } = plan.sector;
  const g = zeros(records.g);
  const y = zeros(records.y);
  const m = Object.fromEntries(Object.entries(records.m.constants!).map(([name, { value }]) => [name, value]));
  /** The sector has all ports in one record. */
  const callSector = (run: typeof stepSector) => {
    for (const { plan: agent, values } of agents) for (const name in values.y) y[`${agent.id}.${name}`] = values.y[name]!;
    run(g, y, m, uses);
    for (const { plan: agent, values } of agents) for (const name in values.y) values.y[name] = y[`${agent.id}.${name}`]!;
  };
  let clock = 0;
  return {
    agents,
    g,
    reset(seed: number, episode: number): void {
      clock = 0;
      g["over"] = 1;
      for (const agent of agents) {
        for (const record of ["l", "r", "k", "q"] as const)
          Object.assign(agent.values[record], zeros(agent.plan.records[record]));
        startEpisode(agent, seed, episode, plan.horizon);
        agent.call(restartAgent);
        Object.assign(agent.values.q, readActions(agent));
        Object.assign(agent.values.e, agent.values.q);
      }
      callSector(startSector);
    },
    step(): void {
      for (const agent of agents) {
        Object.assign(agent.values.c, slotsAt(agent.plan, clock));
        agent.call(stepAgent);
      }
      callSector(stepSector);
      clock++;
    },
  };
}

function plainAgent(plan: AgentPlan): PlainAgent {
  const values = Object.fromEntries(
    Object.entries(plan.records).map(([name, record]) => [name, zeros(record)]),
  ) as RecordValues;
  const inOrder = Object.values(values);
  // The parameters are typed for the functions' own bodies; here all are records of numbers and arrays of numbers.
  const call = (run: unknown) => (run as (...args: readonly object[]) => void)(...inOrder, plan.uses);
  return { plan, values, call };
}

function startEpisode({ plan, values }: PlainAgent, seed: number, episode: number, horizon: number): void {
  const start = parseReset(plan.economy, plan.settings, {});
  Object.assign(values.p, start.params);
  Object.assign(values.c, controlValues(plan, seed, horizon), { numLanes: 0, randomise: start.randomise ? 1 : 0 });
  Object.assign(values.c, slotsAt(plan, 0));
  values.l["episode"] = episode;
  values.y["over"] = 1;
}

/** The control record of an agent without the ring positions, `numLanes` and `randomise`: worlds restart as a whole. */
export function controlValues(plan: AgentPlan, seed: number, horizon: number): Readonly<Record<string, number>> {
  return { ...plan.settings.streams, market: plan.ownStream, seed, horizon, autoreset: 0 };
}

/** Positions of the rings of delays and supply after so many control steps. */
export function slotsAt({ economy }: AgentPlan, clock: number): Readonly<Record<string, number>> {
  return {
    supplySlot: clock % SUPPLY_WINDOW,
    actionSlot: clock % Math.max(1, economy.actionDelay),
    observationSlot: clock % Math.max(1, economy.observationDelay),
  };
}

function zeros(record: RecordBinding): Values {
  const zero = ({ length }: FieldSpec) => (length === undefined ? 0 : new Array<number>(length).fill(0));
  return Object.fromEntries(Object.entries(record.fields).map(([name, field]) => [name, zero(field)])) as Values;
}

function readActions({ plan, values }: PlainAgent): Values {
  return Object.fromEntries(plan.spec.actionNames.map((name) => [name, values.a[name]!]));
}

/** All are checked before any is set: a refused step must not have happened in part. */
function checkActions(
  plan: WarsPlan,
  live: readonly string[],
  actions: Readonly<Record<string, ArrayLike<number> | number>>,
): void {
  if (live.length === 0) {
    throw new UserError(
      "E_ENV_ORDER",
      "step was called before the first reset or after the end of the episode",
      "call reset() first",
    );
  }
  for (const id of Object.keys(actions)) {
    if (live.includes(id)) continue;
    const what = plan.ids.includes(id) ? `agent ${id} has ended and acts no more` : `there is no agent ${id}`;
    throw new UserError("E_WARS_AGENT", what, `pass actions of the live agents: ${live.join(", ")}`);
  }
  for (const { id, spec } of plan.agents) {
    if (!live.includes(id)) continue;
    if (!Object.hasOwn(actions, id)) {
      throw new UserError(
        "E_WARS_AGENT",
        `agent ${id} is live and has no action`,
        `pass actions of the live agents: ${live.join(", ")}`,
      );
    }
    const why = whyOutside(spec.actionSpace, actions[id], spec.actionNames);
    if (why === undefined) continue;
    throw new UserError(
      "E_ACTION",
      `action of agent ${id} (${spec.id}): ${why}`,
      "clip the action to actionSpace(agent) before the step",
    );
  }
}

function setAction({ plan, values }: PlainAgent, action: ArrayLike<number> | number): void {
  for (const [i, name] of plan.spec.actionNames.entries()) values.q[name] = typeof action === "number" ? action : action[i]!;
}

function readInfo(plan: WarsPlan, world: { readonly g: Values }, { plan: agent, values }: PlainAgent): WarsInfo {
  const { l, p, q, e, b, f, r, y } = values;
  const { changes: _ring, ...breakers } = b;
  const info: StepInfo = {
    episode: l["episode"]!,
    day: l["day"]!,
    params: Object.fromEntries(agent.economy.varying.map((name) => [name, p[name]!])),
    requested: { ...q },
    due: { ...e },
    applied: readActions({ plan: agent, values } as PlainAgent),
    breakers,
    flows: { ...f },
    terms: { ...r },
  };
  return { ...info, sector: readSector(plan, agent, world.g, y) };
}

function toArray(record: Values): Float64Array {
  return Float64Array.from(Object.values(record));
}
