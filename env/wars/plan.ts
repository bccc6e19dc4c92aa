import type { RecordBinding, Uses } from "../../compiler/schema.js";
import { UserError } from "../../core/errors.js";
import type { Split } from "../../core/random.js";
import type { BreakerLimits } from "../breakers/limits.js";
import { describeWorld, type EnvSpec } from "../contract.js";
import { type Economy, STANDARD_FLOWS } from "../economy.js";
import { type LaneRecords, laneRecords } from "../lane/records.js";
import { findEconomy } from "../registry.js";
import { checkKeys, type EnvSettings, parseEnvOptions } from "../settings.js";
import { agentUses, agentUseUnits } from "./agent-lane.js";
import { findProviders, portRecord } from "./ports.js";
import { type SectorUses, sectorParams, sectorRecord, sectorUses } from "./sector.js";
import { resolveSector, type SectorParams } from "./sector-params.js";
import { OWN_STREAM, withSectorShocks } from "./shared-shocks.js";

/** One economy of a world and how it is set up; the agent that controls it goes by `id`. */
export interface WarsAgent {
  /** Letters, digits, `-` and `_`, a letter first. */
  readonly id: string;
  /** An economy, or its id or name. */
  readonly economy: Economy | string;
  readonly preset?: string;
  readonly params?: Readonly<Record<string, number>>;
  /** A named scenario, or `random` for parameters drawn in each episode. Default `base`. */
  readonly scenario?: string;
  readonly objective?: string;
  readonly limits?: Partial<BreakerLimits>;
}

export interface WarsOptions {
  /** 2 to 8 economies, of the same or of different kinds. */
  readonly agents: readonly WarsAgent[];
  /** Parameters of capital and providers that the economies share; see `SECTOR_PARAMS`. */
  readonly sector?: Readonly<Record<string, number>>;
  /** Control steps; default is the shortest of the economies'. */
  readonly horizon?: number;
  /** Which markets; default `train`. */
  readonly split?: Split;
  /** u32, used until a reset gives another; default 0. */
  readonly seed?: number;
}

/** Records of one agent: those of a lane and the port to the sector. */
export type AgentRecords = LaneRecords & { readonly port: RecordBinding };

export interface AgentPlan {
  readonly id: string;
  /** The economy as a member of the sector: shocks of the market core come from the sector. */
  readonly economy: Economy;
  readonly settings: EnvSettings;
  readonly spec: EnvSpec;
  readonly records: AgentRecords;
  readonly uses: Uses;
  readonly useUnits: Readonly<Record<string, string>>;
  /** First stream of the agent's own shocks. */
  readonly ownStream: number;
  /** Position of the first agent whose programs are the very same. */
  readonly sameAs: number;
}

interface SectorPlan {
  readonly params: SectorParams;
  /** State, the ports of all economies as `id.field`, and parameters. */
  readonly records: Readonly<Record<"sector" | "ports" | "params", RecordBinding>>;
  readonly uses: SectorUses;
}

/** A checked set-up: everything that the executions have in common. */
export interface WarsPlan {
  readonly agents: readonly AgentPlan[];
  readonly ids: readonly string[];
  readonly sector: SectorPlan;
  readonly horizon: number;
  readonly seed: number;
}

export const MIN_AGENTS = 2;
export const MAX_AGENTS = 8;

/** @throws UserError for a set-up that does not fit together, naming the agent */
export function planWars(options: WarsOptions): WarsPlan {
  checkKeys("option of token wars", warsOptions(options), OPTION_KEYS);
  const { agents } = options;
  checkAgents(agents);
  const params = resolveSector(options.sector ?? {}, agents.length);
  const economies = agents.map(({ economy }) => (typeof economy === "string" ? findEconomy(economy) : economy));
  economies.forEach((economy, i) => {
    checkEconomy(agents[i]!.id, economy);
  });
  const horizon = options.horizon ?? Math.min(...economies.map((economy) => economy.horizon));
  const split = options.split ?? "train";
  const shared = { horizon, split, ...(options.seed === undefined ? {} : { seed: options.seed }) };
  const settings = agents.map(({ id, economy: _economy, ...own }, i) =>
    named(id, () => parseEnvOptions(economies[i]!, { ...own, ...shared })),
  );
  const stepDays = sameStepDays(agents, settings);
  const market = settings[0]!.streams.market;
  const members = new Map(economies.map((economy) => [economy, withSectorShocks(economy, market, params.correlation)]));
  const plans: AgentPlan[] = [];
  for (const [i, economy] of economies.entries()) {
    const member = { id: agents[i]!.id, economy: members.get(economy)!, settings: settings[i]! };
    plans.push(planAgent(member, { sector: params, stepDays }, plans));
  }
  return {
    agents: plans,
    ids: agents.map(({ id }) => id),
    sector: planSector(plans, params, stepDays),
    horizon,
    seed: settings[0]!.seed,
  };
}

/** @param before the agents that come before this one */
function planAgent(
  { id, economy, settings }: Pick<AgentPlan, "id" | "economy" | "settings">,
  { sector, stepDays }: { readonly sector: SectorParams; readonly stepDays: number },
  before: readonly AgentPlan[],
): AgentPlan {
  const index = before.length;
  const port: RecordBinding = { name: "port", kind: "lane", fields: portRecord(economy) };
  const same = before.findIndex((other) => other.economy === economy && alike(other.settings, settings));
  return {
    id,
    economy,
    settings,
    spec: describeWorld(economy, settings.horizon, "disabled"),
    records: { ...laneRecords(economy, settings.lane.params, settings.lane), port },
    uses: agentUses(economy, settings.lane, sector, stepDays),
    useUnits: agentUseUnits(economy),
    ownStream: settings.streams.market + OWN_STREAM * (index + 1),
    sameAs: same < 0 ? index : same,
  };
}

/** Whether two agents of one economy compile to the same programs. */
function alike(left: EnvSettings, right: EnvSettings): boolean {
  return JSON.stringify(left.lane) === JSON.stringify(right.lane);
}

function planSector(agents: readonly AgentPlan[], params: SectorParams, stepDays: number): SectorPlan {
  const ids = agents.map(({ id }) => id);
  const ports = agents.flatMap(({ id, records }) =>
    Object.entries(records.port.fields).map(([name, field]) => [`${id}.${name}`, field] as const),
  );
  const providers: Record<string, string[]> = {};
  for (const { id, economy } of agents) {
    // Hardware of one kind has one unit.
    const unit = findProviders(economy)?.unit;
    if (unit !== undefined) providers[unit] = [...(providers[unit] ?? []), id];
  }
  return {
    params,
    records: {
      sector: { name: "sector", kind: "lane", fields: sectorRecord(ids) },
      ports: { name: "ports", kind: "lane", fields: Object.fromEntries(ports) },
      params: sectorParams(params),
    },
    uses: sectorUses(ids, providers, stepDays),
  };
}

function checkAgents(agents: readonly WarsAgent[]): void {
  if (!Array.isArray(agents) || agents.length < MIN_AGENTS || agents.length > MAX_AGENTS) {
    const message = `token wars got ${Array.isArray(agents) ? agents.length : 0} agents, allowed are ${MIN_AGENTS} to ${MAX_AGENTS}`;
    throw new UserError("E_WARS_AGENTS", message, "list the economies of the world in agents, each with an id");
  }
  const seen = new Set<string>();
  for (const [i, agent] of (agents as readonly WarsAgent[]).entries()) {
    if (!isRecord(agent)) {
      throw new UserError(
        "E_WARS_AGENTS",
        `agent ${i} of token wars is no record`,
        'write it as { id: "a", economy: "akash" }',
      );
    }
    const { id, ...rest } = agent;
    if (typeof id !== "string" || !/^[A-Za-z][\w-]*$/.test(id)) {
      const message = `agent id ${JSON.stringify(id)} is not a name of letters, digits, - and _ that starts with a letter`;
      throw new UserError("E_WARS_ID", message, "rename the agent");
    }
    if (seen.has(id)) {
      throw new UserError(
        "E_WARS_ID",
        `agent id ${id} is given twice`,
        "give every agent an id of its own, for example a-1 and a-2",
      );
    }
    seen.add(id);
    checkKeys(`option of agent ${id}`, rest, AGENT_KEYS);
  }
}

/** The options, if they are a record at all. @throws UserError `E_OPTION` */
export function warsOptions<T extends object>(options: T): T {
  if (isRecord(options)) return options;
  throw new UserError("E_OPTION", "token wars got no record of options", "call it with { agents: [..] }");
}

function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The sector acts on an economy through `outsideOrder` and sees it by the standard flows. */
function checkEconomy(id: string, economy: Economy): void {
  if (!isRecord(economy)) {
    throw new UserError("E_WARS_ECONOMY", `agent ${id} has no economy`, "give it an economy, its id or its name");
  }
  const missing = Object.keys(STANDARD_FLOWS).filter((name) => !(name in economy.flows));
  if (missing.length > 0) {
    const message = `agent ${id}: ${economy.id} has no flow ${missing.join(", ")}`;
    throw new UserError("E_WARS_ECONOMY", message, "let its step write the standard flows of an economy");
  }
  if (economy.state["outsideOrder"]?.unit === "USD") return;
  const message = `agent ${id}: ${economy.id} has no state outsideOrder in USD, so capital of the sector cannot buy its token`;
  throw new UserError(
    "E_WARS_ECONOMY",
    message,
    "build it on the market core, or carry out s.outsideOrder in its step and set it to 0",
  );
}

function sameStepDays(agents: readonly WarsAgent[], settings: readonly EnvSettings[]): number {
  const days = settings.map(({ lane }) => lane.params["stepDays"] ?? 1);
  const odd = days.findIndex((value) => value !== days[0]);
  if (odd < 0) return days[0]!;
  const message = `agent ${agents[odd]!.id} steps by ${days[odd]} days, agent ${agents[0]!.id} by ${days[0]}`;
  throw new UserError("E_WARS_STEP", message, "give all economies the same stepDays");
}

/** Errors about one agent's options say whose they are. */
function named<T>(id: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof UserError) throw new UserError(error.code, `agent ${id}: ${error.message}`, error.hint);
    throw error;
  }
}

const OPTION_KEYS: Record<keyof WarsOptions, true> = { agents: true, sector: true, horizon: true, split: true, seed: true };
const AGENT_KEYS: Record<Exclude<keyof WarsAgent, "id">, true> = {
  economy: true,
  preset: true,
  params: true,
  scenario: true,
  objective: true,
  limits: true,
};
