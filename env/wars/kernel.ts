import type { Program } from "../../compiler/ir/program.js";
import type { RecordBinding } from "../../compiler/schema.js";
import { layoutRecord } from "../../compiler/schema.js";
import { buildProgram } from "../../compiler/trace/build-program.js";
import { allocateLanes, type LaneDevice, type LaneView, recordSize } from "../lane/memory.js";
import { restartAgent, stepAgent } from "./agent-lane.js";
import type { AgentPlan, AgentRecords, WarsPlan } from "./plan.js";
import { SECTOR_UNITS, startSector, stepSector } from "./sector.js";

/** Programs of a controller that runs within the compiled world, over the agent's records and some of its own. */
export interface ControllerPrograms {
  /** Kept per copy of the world; their names differ from those of the agent's records. */
  readonly records: readonly RecordBinding[];
  /** In copies where the agent's port says `over`: a new episode starts. */
  readonly start: Program;
  /** Before each step: from the agent's observation to its requested action. */
  readonly act: Program;
}

/** Any number of copies of a world, compiled, with their memory: a program per economy and one for the sector. */
export interface WarsKernel {
  /** Copies in memory: at least those asked for. */
  readonly capacity: number;
  /** Controllers decide in the agents that have one. */
  readonly act: () => void;
  /** All economies, then the sector. Worlds that are over keep their state until {@link restart}. */
  readonly step: () => void;
  /** Starts the next episode in every copy that is over. */
  readonly restart: () => void;
  /** The field of an agent's record, or of the sector's records for {@link SECTOR}. */
  readonly view: (agent: string, record: string, field: string) => LaneView;
  readonly fields: (agent: string, record: string) => readonly string[];
}

/** The name that the sector's own records go by. No agent can have it: ids start with a letter. */
export const SECTOR = "*sector";

/** @throws UserError E_STEP_* where a function is outside of the compiler's subset */
export function compileWars(
  plan: WarsPlan,
  device: LaneDevice,
  numLanes: number,
  controllers: Readonly<Record<string, ControllerPrograms>> = {},
): WarsKernel {
  const capacity = laneCapacity(numLanes);
  const { places, owners, size } = layOut(plan, controllers, capacity);
  const memory = allocateLanes(device, { size, capacity, lanes: Math.ceil(numLanes / 4) * 4 });
  const built = agentPrograms(plan);
  const runs = (id: string, programs: readonly Program[]) =>
    programs.map((program) => memory.compile(program, places.get(id)!));
  const agents = plan.agents.map(({ id }, i) => runs(id, built[i]!));
  const sector = runs(SECTOR, sectorPrograms(plan));
  const own = Object.entries(controllers).map(([id, { start, act }]) => runs(id, [start, act]));
  const find = (agent: string, record: string) => {
    const binding = owners.get(agent)?.find(({ name }) => name === record);
    if (!binding) throw new Error(`internal: ${agent} has no record ${record}`);
    return binding;
  };
  return {
    capacity,
    act: () => {
      for (const [, act] of own) act!();
    },
    step: () => {
      for (const [step] of agents) step!();
      sector[0]!();
    },
    restart: () => {
      for (const [start] of own) start!();
      for (const [, restart] of agents) restart!();
      sector[1]!();
    },
    view: (agent, record, field) => memory.view(find(agent, record), places.get(agent)!.get(record)!, field),
    fields: (agent, record) => [...layoutRecord(find(agent, record)).slots.keys()],
  };
}

/** Step and restart of each agent; agents that are set up alike share them. */
export function agentPrograms({ agents }: WarsPlan): readonly (readonly Program[])[] {
  const built: Program[][] = [];
  for (const { sameAs, economy, uses, useUnits, records } of agents) {
    const lane = { uses, useUnits, records: { ...records } };
    built.push(
      built[sameAs] ?? [
        buildProgram({ name: `${economy.id} step in a sector`, step: stepAgent, ...lane }),
        buildProgram({ name: `${economy.id} restart in a sector`, step: restartAgent, ...lane }),
      ],
    );
  }
  return built;
}

export function sectorPrograms({ sector }: WarsPlan): readonly [Program, Program] {
  const records = Object.values(sector.records);
  const common = { uses: sector.uses, useUnits: SECTOR_UNITS, records };
  return [
    buildProgram({ name: "sector step", step: stepSector, ...common }),
    buildProgram({ name: "sector start", step: startSector, ...common }),
  ];
}

/** A distance between fields that is a power of two would put one copy's fields into the same set of the cache. */
function laneCapacity(numLanes: number): number {
  const lanes = Math.ceil(numLanes / 4) * 4;
  return lanes < 64 ? lanes : lanes + 16;
}

/** First element of each owner's records in one large array. */
function layOut(plan: WarsPlan, controllers: Readonly<Record<string, ControllerPrograms>>, capacity: number) {
  const places = new Map<string, Map<string, number>>();
  const owners = new Map<string, readonly RecordBinding[]>();
  let size = 0;
  const put = (owner: string, record: RecordBinding) => {
    places.get(owner)!.set(record.name, size);
    size += recordSize(record, capacity);
  };
  const agents: readonly [AgentPlan, readonly RecordBinding[]][] = plan.agents.map((agent) => [
    agent,
    [...Object.values(agent.records satisfies AgentRecords), ...(controllers[agent.id]?.records ?? [])],
  ]);
  for (const [{ id }, records] of agents) {
    places.set(id, new Map());
    owners.set(id, records);
    for (const record of records) if (record.name !== "port") put(id, record);
  }
  const { sector, ports, params } = plan.sector.records;
  places.set(SECTOR, new Map());
  owners.set(SECTOR, [sector, ports, params]);
  for (const record of [sector, params]) put(SECTOR, record);
  places.get(SECTOR)!.set("ports", size);
  for (const [{ id, records }] of agents) put(id, records.port);
  return { places, owners, size };
}
