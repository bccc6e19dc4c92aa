import { UserError } from "../../core/errors.js";
import type { EnvSpec } from "../contract.js";
import { parseReset } from "../episode-start.js";
import { ringPositions } from "../lane/clock.js";
import type { LaneArray, LaneDevice } from "../lane/memory.js";
import { type LaneRecord, laneReader } from "../lane/reader.js";
import { checkWhole } from "../settings.js";
import { whyOutside } from "../spaces.js";
import { checkDrawnAccounts } from "../start-accounts.js";
import { agentControl } from "./agent-control.js";
import { describeWars, type PerAgent, type WarsResetRequest, type WarsSpec } from "./contract.js";
import { type ControllerPrograms, compileWars, SECTOR, type WarsKernel } from "./kernel.js";
import { type AgentPlan, planWars, type WarsOptions, type WarsPlan, warsOptions } from "./plan.js";
import { parseWarsReset } from "./wars.js";

interface VectorWarsOptions extends WarsOptions {
  /** Copies of the world. */
  readonly numLanes: number;
  /** Default `js`: float64, bit-identical to `makeWars`. `wasm` is float32 and faster. */
  readonly device?: LaneDevice;
}

/**
 * Many copies of one world of several economies. A copy whose agents have all ended is reset in the same step and goes on with
 * episode `lane + numLanes x episodes finished in that lane`. An agent that ends before the others waits for them: `alive` is 0,
 * its actions are ignored and its rewards are 0.
 *
 * All arrays are struct of arrays: field i of lane j is element `i * numLanes + j`. They are newly allocated in each step:
 * Float64Array on `js`, Float32Array on `wasm`.
 */
export interface VectorWars {
  readonly spec: WarsSpec;
  readonly numLanes: number;
  reset(request?: WarsResetRequest): VectorWarsReset;
  /** @param actions of all lanes by agent, in the agent's own units; for a discrete space one choice a lane */
  step(actions: PerAgent<ArrayLike<number>>): VectorWarsStep;
}

interface VectorWarsReset {
  readonly observations: PerAgent<LaneArray>;
  readonly infos: PerAgent<VectorWarsInfo>;
  readonly sector: LaneRecord;
}

interface VectorWarsStep extends VectorWarsReset {
  /** In lanes that are over: the last observation of the episode. Elsewhere without meaning. */
  readonly finalObservations: PerAgent<LaneArray>;
  readonly rewards: PerAgent<LaneArray>;
  readonly costs: PerAgent<LaneArray>;
  /** 1 in the step that ruined the agent's economy, or cut it off at the horizon; never both. */
  readonly terminations: PerAgent<Uint8Array>;
  readonly truncations: PerAgent<Uint8Array>;
  /** 1 in lanes where all agents have ended: they were reset within this step. */
  readonly over: Uint8Array;
}

/** Arrays with an element per lane; where a lane was reset they are of the new episode, but for `terms` and `last*`. */
interface VectorWarsInfo {
  /** 1 where the agent acts next. */
  readonly alive: Uint8Array;
  readonly episode: Uint32Array;
  readonly day: Uint32Array;
  readonly requested: LaneRecord;
  readonly applied: LaneRecord;
  readonly flows: LaneRecord;
  readonly terms: LaneRecord;
  /** What the sector sees of the economy and answers: capital it buys with, capacity that moves. */
  readonly port: LaneRecord;
  /** Sum of rewards and number of steps of the episode that ended last. */
  readonly lastReturn: LaneArray;
  readonly lastLength: LaneArray;
}

/** @throws UserError for a bad set-up; `reset` and `step` for bad input */
export function makeVectorWars(options: VectorWarsOptions): VectorWars {
  const { numLanes, device = "js", ...rest } = warsOptions(options);
  const plan = planWars(rest);
  const driver = driveWars(plan, device, numLanes);
  const { kernel } = driver;
  const read = worldReader(plan, kernel, device, numLanes);
  let played = false;
  let seed = plan.seed;
  return {
    spec: describeWars(plan),
    numLanes,
    reset(request: WarsResetRequest = {}): VectorWarsReset {
      const given = parseWarsReset(request);
      // Without a seed the lanes go on to their next episodes, also where they are in the middle of one.
      const first = given ?? (request.seed === undefined && played ? undefined : 0);
      seed = request.seed ?? seed;
      played = true;
      driver.reset(seed, first);
      return read.standing();
    },
    step(actions): VectorWarsStep {
      if (!played) throw new UserError("E_ENV_ORDER", "step was called before the first reset", "call reset() first");
      setActions(plan, kernel, actions, numLanes);
      const over = driver.step();
      const ended = read.ended(over);
      driver.restart(over);
      return { ...read.standing(), ...ended, ...read.final() };
    },
  };
}

/** Runs a compiled world day by day: what an environment, or a runner with controllers of its own, builds on. */
export interface WarsDriver {
  readonly kernel: WarsKernel;
  /** Starts an episode in every copy; without `first` each goes on to its next one. */
  readonly reset: (seed: number, first: number | undefined) => void;
  /** One control step of all copies. @returns 1 for each copy that is over */
  readonly step: () => Uint8Array;
  /** Starts the next episode in the copies that are over. */
  readonly restart: (over: Uint8Array) => void;
}

export function driveWars(
  plan: WarsPlan,
  device: LaneDevice,
  numLanes: number,
  controllers: PerAgent<ControllerPrograms> = {},
): WarsDriver {
  checkWhole("numLanes", numLanes, 1, 2 ** 20);
  if (device !== "js" && device !== "wasm") {
    throw new UserError("E_DEVICE", `device is ${String(device)}, allowed are js and wasm`, "pick one of the two");
  }
  const kernel = compileWars(plan, device, numLanes, controllers);
  let clock = 0;
  const putControl = (id: string, values: Readonly<Record<string, number>>) => {
    for (const [name, value] of Object.entries(values)) kernel.view(id, "control", name)[0] = value;
  };
  return {
    kernel,
    reset(seed, first) {
      clock = 0;
      for (const agent of plan.agents) {
        const start = parseReset(agent.economy, agent.settings, {});
        putControl(agent.id, { ...agentControl(agent, seed, plan.horizon), numLanes, randomise: +start.randomise });
        putControl(agent.id, ringPositions(agent.economy, 0));
        clearLanes(kernel, agent, first, numLanes);
        // Without autoreset: the episodes that the restart goes on to, and no others.
        const from = (kernel.view(agent.id, "lane", "episode")[0]! + numLanes) >>> 0;
        const draws = { seed, streams: agent.settings.streams, first: from, count: numLanes };
        if (start.randomise) checkDrawnAccounts(agent.economy, start.params, draws);
        for (const name of kernel.fields(agent.id, "params")) kernel.view(agent.id, "params", name).fill(start.params[name]!);
      }
      kernel.view(SECTOR, "sector", "over").fill(1);
      kernel.restart();
    },
    step() {
      for (const agent of plan.agents) putControl(agent.id, ringPositions(agent.economy, clock));
      kernel.act();
      kernel.step();
      clock++;
      return Uint8Array.from(kernel.view(SECTOR, "sector", "over").subarray(0, numLanes));
    },
    restart(over) {
      if (over.includes(1)) kernel.restart();
    },
  };
}

/** What an episode before this one has left behind; the restart counts the episode up. */
function clearLanes(kernel: WarsKernel, { id }: AgentPlan, first: number | undefined, numLanes: number): void {
  const episodes = kernel.view(id, "lane", "episode").slice();
  for (const record of ["lane", "terms", "costs", "flows", "observation", "lastObservation", "port"]) {
    for (const name of kernel.fields(id, record)) kernel.view(id, record, name).fill(0);
  }
  if (first !== undefined) for (let i = 0; i < episodes.length; i++) episodes[i] = (first + i - numLanes) >>> 0;
  kernel.view(id, "lane", "episode").set(episodes);
  kernel.view(id, "port", "over").fill(1);
}

/** Copies of what all agents and the sector hold. */
function worldReader(plan: WarsPlan, kernel: WarsKernel, device: LaneDevice, numLanes: number) {
  const reader = (id: string) =>
    laneReader(
      { view: (record: string, field) => kernel.view(id, record, field), fields: (record) => kernel.fields(id, record) },
      device,
      numLanes,
    );
  const readers = plan.ids.map((id) => [id, reader(id)] as const);
  const sector = reader(SECTOR);
  const all = <T>(read: (agent: ReturnType<typeof reader>) => T): PerAgent<T> =>
    Object.fromEntries(readers.map(([id, agent]) => [id, read(agent)]));
  const info = ({ flags, words, record, array }: ReturnType<typeof reader>): VectorWarsInfo => ({
    alive: flags("port", "alive"),
    episode: words("lane", "episode"),
    day: words("lane", "day"),
    requested: record("requested"),
    applied: record("applied", ["mintLimit", "burnLimit"]),
    flows: record("flows"),
    terms: record("terms"),
    port: record("port"),
    lastReturn: array("lane", "lastReturn"),
    lastLength: array("lane", "lastLength"),
  });
  return {
    standing: () => ({
      observations: all(({ matrix }) => matrix("observation")),
      infos: all(info),
      sector: sector.record("sector"),
    }),
    /** Before the lanes that are over start anew. */
    ended: (over: Uint8Array) => ({
      rewards: all(({ array }) => array("lane", "reward")),
      costs: all(({ matrix }) => matrix("costs")),
      terminations: all(({ flags }) => flags("port", "terminated")),
      truncations: all(({ flags }) => flags("port", "truncated")),
      over,
    }),
    final: () => ({ finalObservations: all(({ matrix }) => matrix("lastObservation")) }),
  };
}

/** All are checked before any is set: a refused step must not have happened in part. */
function setActions(plan: WarsPlan, kernel: WarsKernel, actions: PerAgent<ArrayLike<number>>, numLanes: number): void {
  for (const id of Object.keys(actions)) {
    if (!plan.ids.includes(id)) throw agentError(`there is no agent ${id}`, plan);
  }
  for (const agent of plan.agents) {
    const given = actions[agent.id];
    if (given === undefined) throw agentError(`agent ${agent.id} has no actions`, plan);
    checkAgentActions(agent.id, agent.spec, given, kernel.view(agent.id, "port", "alive"), numLanes);
  }
  for (const { id, spec } of plan.agents) {
    for (const [i, name] of spec.actionNames.entries()) {
      const view = kernel.view(id, "requested", name);
      for (let lane = 0; lane < numLanes; lane++) view[lane] = actions[id]![i * numLanes + lane]!;
    }
  }
}

function checkAgentActions(
  id: string,
  spec: EnvSpec,
  given: ArrayLike<number>,
  alive: ArrayLike<number>,
  numLanes: number,
): void {
  const { actionNames, actionSpace } = spec;
  const fail = (why: string) =>
    new UserError("E_ACTION", `actions of agent ${id} (${spec.id}): ${why}`, "clip the actions to the agent's action space");
  if (given.length !== actionNames.length * numLanes) {
    throw fail(`${given.length} numbers were given, ${actionNames.length} actions of ${numLanes} lanes belong`);
  }
  for (let lane = 0; lane < numLanes; lane++) {
    if (alive[lane] === 0) continue;
    const action = actionNames.map((_, i) => given[i * numLanes + lane]!);
    const why = whyOutside(actionSpace, actionSpace.kind === "discrete" ? action[0] : action, actionNames);
    if (why !== undefined) throw fail(`lane ${lane}: ${why}`);
  }
}

function agentError(what: string, plan: WarsPlan): UserError {
  return new UserError("E_WARS_AGENT", what, `pass actions of all agents: ${plan.ids.join(", ")}`);
}
