import { UserError } from "../../core/errors.js";
import { suggest } from "../../core/nearest.js";
import { parseReset } from "../episode-start.js";
import { ringPositions } from "../lane/clock.js";
import {
  actionInForce,
  checkAction,
  type PlainLane,
  plainLane,
  readInfo,
  requestAction,
  toArray,
  zeroFields,
} from "../lane/plain.js";
import { checkKeys, checkWord } from "../settings.js";
import { checkDrawnAccounts } from "../start-accounts.js";
import type { Values } from "../world.js";
import { agentControl } from "./agent-control.js";
import { type AgentUses, type AgentValues, restartAgent, stepAgent } from "./agent-lane.js";
import {
  describeWars,
  readSector,
  type WarsEnv,
  type WarsInfo,
  type WarsReset,
  type WarsResetRequest,
  type WarsStep,
} from "./contract.js";
import { type AgentPlan, planWars, type WarsOptions, type WarsPlan } from "./plan.js";
import { type SectorUses, startSector, stepSector } from "./sector.js";

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
  const findSpec = (id: string) => {
    if (Object.hasOwn(spec.agents, id)) return spec.agents[id]!;
    throw new UserError("E_WARS_AGENT", `there is no agent ${id}`, suggest(id, plan.ids));
  };
  return {
    spec,
    possibleAgents: plan.ids,
    get agents() {
      return live;
    },
    observationSpace: (id) => findSpec(id).observationSpace,
    actionSpace: (id) => findSpec(id).actionSpace,
    reset(request: WarsResetRequest = {}): WarsReset {
      const given = parseWarsReset(request);
      if (request.seed !== undefined) episode = -1;
      seed = request.seed ?? seed;
      episode = given ?? (episode + 1) >>> 0;
      world.reset(seed, episode);
      live = plan.ids;
      return {
        observations: of(live, ({ records }) => toArray(records.observation)),
        infos: of(live, (agent) => readAgent(plan, world.sector, agent)),
      };
    },
    step(actions): WarsStep {
      checkActions(plan, live, actions);
      const acting = live;
      for (const agent of world.agents) {
        if (acting.includes(agent.plan.id)) requestAction(agent.records, agent.plan.spec, actions[agent.plan.id]!);
      }
      world.step();
      const result: WarsStep = {
        observations: of(acting, ({ records }) => toArray(records.observation)),
        rewards: of(acting, ({ records }) => records.lane.reward),
        costs: of(acting, ({ records }) => toArray(records.costs)),
        terminations: of(acting, ({ records }) => records.lane.terminated === 1),
        truncations: of(acting, ({ records }) => records.lane.truncated === 1),
        infos: of(acting, (agent) => readAgent(plan, world.sector, agent)),
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

interface PlainAgent extends PlainLane<AgentValues, AgentUses> {
  readonly plan: AgentPlan;
}

interface SectorValues {
  readonly sector: Values;
  readonly ports: Values;
}

/** The same functions that are compiled, on plain records. */
function plainWorld(plan: WarsPlan) {
  const agents = plan.agents.map(
    (agent): PlainAgent => ({ plan: agent, ...plainLane<AgentValues, AgentUses>(agent.records, agent.uses) }),
  );
  const { records: bindings, uses } = plan.sector;
  const { records, call } = plainLane<SectorValues, SectorUses>({ sector: bindings.sector, ports: bindings.ports }, uses);
  const { sector, ports } = records;
  const { params } = plan.sector;
  /** The sector has all ports in one record. */
  const callSector = (run: typeof stepSector) => {
    for (const {
      plan: agent,
      records: { port },
    } of agents)
      for (const name in port) ports[`${agent.id}.${name}`] = port[name]!;
    call((_, u) => run(sector, ports, params, u));
    for (const {
      plan: agent,
      records: { port },
    } of agents)
      for (const name in port) port[name] = ports[`${agent.id}.${name}`]!;
  };
  let clock = 0;
  return {
    agents,
    sector,
    reset(seed: number, episode: number): void {
      clock = 0;
      sector["over"] = 1;
      for (const agent of agents) {
        for (const name of ["lane", "terms", "costs", "requested"] as const)
          Object.assign(agent.records[name], zeroFields(agent.plan.records[name].fields));
        startAgent(agent, seed, episode, plan.horizon);
        agent.call(restartAgent);
        Object.assign(agent.records.requested, actionInForce(agent.records));
        Object.assign(agent.records.due, agent.records.requested);
      }
      callSector(startSector);
    },
    step(): void {
      for (const agent of agents) {
        Object.assign(agent.records.control, ringPositions(agent.plan.economy, clock));
        agent.call(stepAgent);
      }
      callSector(stepSector);
      clock++;
    },
  };
}

function startAgent({ plan, records }: PlainAgent, seed: number, episode: number, horizon: number): void {
  const start = parseReset(plan.economy, plan.settings, {});
  const draw = { seed, streams: plan.settings.streams, first: episode, count: 1 };
  if (start.randomise) checkDrawnAccounts(plan.economy, start.params, draw);
  Object.assign(records.params, start.params);
  Object.assign(records.control, agentControl(plan, seed, horizon), { numLanes: 0, randomise: start.randomise ? 1 : 0 });
  Object.assign(records.control, ringPositions(plan.economy, 0));
  records.lane.episode = episode;
  records.port["over"] = 1;
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
    checkAction(spec, actions[id], `action of agent ${id} (${spec.id})`, "actionSpace(agent)");
  }
}

function readAgent(plan: WarsPlan, sector: Values, { plan: agent, records }: PlainAgent): WarsInfo {
  return { ...readInfo(agent.economy, records), sector: readSector(plan, agent, sector, records.port) };
}
