import type { EnvSpec, ResetResult, StepInfo } from "../contract.js";
import type { Box, Space } from "../spaces.js";
import type { Values } from "../world.js";
import type { AgentPlan, WarsPlan } from "./plan.js";
import { capitalAccounts } from "./sector.js";
import type { SectorParams } from "./sector-params.js";

export type PerAgent<T> = Readonly<Record<string, T>>;

export interface WarsSpec {
  readonly possibleAgents: readonly string[];
  /** What each agent's environment is like; `horizon` is the world's. */
  readonly agents: PerAgent<EnvSpec>;
  readonly horizon: number;
  readonly sector: SectorParams;
}

/** What an agent's own environment tells it, and how it stands in the sector. */
export interface WarsInfo extends StepInfo {
  readonly sector: SectorInfo;
}

export interface SectorInfo {
  /** Investors' capital in the agent's token, in cash, in the sector's other projects, and in all, USD at cost. */
  readonly capital: number;
  readonly cash: number;
  readonly rest: number;
  readonly total: number;
  /** Capital that entered the sector in the last step, USD. */
  readonly inflow: number;
  /** What the sector buys of the agent's token in the next step, USD; negative sells. */
  readonly order: number;
  /** Capacity that joins the agent's economy in the next step; negative leaves. */
  readonly capacityMove: number;
}

export interface WarsResetRequest {
  /** u32; also starts counting episodes from 0. */
  readonly seed?: number | undefined;
  readonly options?: { /** u32; plays this episode of the seed. */ readonly episode?: number } | undefined;
}

/** Everything by agent id, for the agents that are live. */
export interface WarsReset {
  readonly observations: PerAgent<ResetResult["observation"]>;
  readonly infos: PerAgent<WarsInfo>;
}

/** Everything by agent id, for the agents that were live before the step. Costs are ordered like the agent's constraints. */
export interface WarsStep {
  readonly observations: PerAgent<Float64Array>;
  readonly rewards: PerAgent<number>;
  readonly costs: PerAgent<Float64Array>;
  readonly terminations: PerAgent<boolean>;
  readonly truncations: PerAgent<boolean>;
  readonly infos: PerAgent<WarsInfo>;
}

/**
 * Several economies that compete for capital and providers, each with its own controller, in the manner of PettingZoo's parallel
 * environments: all live agents act at once. An agent whose economy is ruined leaves `agents`; its economy goes on without it.
 */
export interface WarsEnv {
  readonly spec: WarsSpec;
  readonly possibleAgents: readonly string[];
  /** The agents that act next; empty before the first reset and after the end. */
  readonly agents: readonly string[];
  /** @throws UserError for an unknown agent, like {@link actionSpace} */
  observationSpace(agent: string): Box;
  actionSpace(agent: string): Space;
  reset(request?: WarsResetRequest): WarsReset;
  /** @param actions one per live agent, each in its own units */
  step(actions: PerAgent<ArrayLike<number> | number>): WarsStep;
}

export function describeWars(plan: WarsPlan): WarsSpec {
  return {
    possibleAgents: plan.ids,
    agents: Object.fromEntries(plan.agents.map(({ id, spec }) => [id, spec])),
    horizon: plan.horizon,
    sector: plan.sector.params,
  };
}

/** How an agent stands, from the sector's state and its own port. */
export function readSector(plan: WarsPlan, { id }: AgentPlan, g: Values, y: Values): SectorInfo {
  return {
    capital: g[`capital.${id}`]!,
    cash: g["cash"]!,
    rest: g["rest"]!,
    total: capitalAccounts(plan.ids).reduce((sum, name) => sum + g[name]!, 0),
    inflow: g["inflow"]!,
    order: y["order"]!,
    capacityMove: y["capacityMove"]!,
  };
}
