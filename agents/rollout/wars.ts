import type { RecordBinding, Uses } from "../../compiler/schema.js";
import { buildProgram } from "../../compiler/trace/build-program.js";
import { UserError } from "../../core/errors.js";
import type { LaneDevice } from "../../env/lane/memory.js";
import { checkKeys } from "../../env/settings.js";
import type { PerAgent } from "../../env/wars/contract.js";
import { type ControllerPrograms, SECTOR, type WarsKernel } from "../../env/wars/kernel.js";
import { type AgentPlan, planWars, type WarsOptions, type WarsPlan, warsOptions } from "../../env/wars/plan.js";
import { capitalAccounts } from "../../env/wars/sector.js";
import { driveWars, type WarsDriver } from "../../env/wars/vector-wars.js";
import type { Values } from "../../env/world.js";
import { type Controller, isLearned } from "../controller/controller.js";
import { type Act, startController } from "../controller/start-controller.js";
import { whyUnfit } from "../learned/fitness.js";
import { actionNames, type LearnedController } from "../learned/learned-controller.js";
import { makeRule } from "../rules/registry.js";
import type { Rule } from "../rules/rule.js";
import { buildRulePrograms } from "./programs.js";

export interface WarsRunOptions extends WarsOptions {
  /** By agent id, one for each: the id of a rule, or a controller. */
  readonly controllers: PerAgent<string | Controller>;
  /** Copies of the world; copy i simulates episode i. */
  readonly numLanes: number;
  /** Default `wasm`. */
  readonly device?: LaneDevice;
}

interface WarsRun {
  readonly agents: PerAgent<AgentRun>;
  /** Largest error of the sector's books over all days and copies, as a share of its capital. */
  readonly capitalError: number;
  readonly days: number;
}

/** One number per copy, unless said otherwise. */
export interface AgentRun {
  /** Sum of rewards until the agent's end. */
  readonly return: Float64Array;
  /** Control steps that the agent took part in. */
  readonly length: Float64Array;
  /** 1 where its economy was ruined. */
  readonly ruined: Uint8Array;
  /** At the end over at the start. */
  readonly price: Float64Array;
  readonly supply: Float64Array;
  /** Investors' capital in the token at the end over at the start. */
  readonly capital: Float64Array;
  /** Mean over the days. */
  readonly service: Float64Array;
  /** Providers' capacity that joined over all days, net; negative left. */
  readonly capacityMoved: Float64Array;
  /** Per day, the start included: the token's share of the sector's capital, in the mean of all copies. */
  readonly capitalShare: Float64Array;
}

/**
 * Plays one episode of many copies of a world, each agent with its controller. Rules run within the compiled world; saved
 * controllers decide in float64 on the host.
 * @throws UserError for a bad set-up, an unknown rule, a missing controller or one of another economy
 */
export function runWars(options: WarsRunOptions): WarsRun {
  const { controllers, numLanes, device = "wasm", ...setUp } = warsOptions(options);
  const plan = planWars(setUp);
  const { compiled, learned } = prepare(plan, controllers);
  const driver = driveWars(plan, device, numLanes, compiled);
  driver.reset(plan.seed, 0);
  const books = keepBooks(plan, driver.kernel, numLanes);
  const tallies = plan.agents.map((agent) => startTally(plan, agent, driver.kernel, numLanes));
  for (let day = 0; day < plan.horizon; day++) {
    for (const decide of learned) decide(driver, day, numLanes);
    driver.step();
    books.check();
    for (const tally of tallies) tally.add();
  }
  const agents = plan.agents.map(({ id }, i) => [id, tallies[i]!.finish(plan.horizon)] as const);
  return { agents: Object.fromEntries(agents), capitalError: books.worst(), days: plan.horizon };
}

type Decide = (driver: WarsDriver, day: number, numLanes: number) => void;

function prepare(plan: WarsPlan, controllers: PerAgent<string | Controller>) {
  checkKeys("agent with a controller", controllers, Object.fromEntries(plan.ids.map((id) => [id, true])));
  const compiled: Record<string, ControllerPrograms> = {};
  const learned: Decide[] = [];
  for (const agent of plan.agents) {
    const given = controllers[agent.id];
    if (given === undefined) {
      throw new UserError(
        "E_WARS_CONTROLLER",
        `agent ${agent.id} has no controller`,
        "give controllers one rule or saved controller per agent",
      );
    }
    const controller = typeof given === "string" ? makeRule(given, agent.economy) : given;
    if (isLearned(controller)) learned.push(decideLearned(agent, controller));
    else compiled[agent.id] = compileRule(agent, controller);
  }
  return { compiled, learned };
}

function compileRule({ records }: AgentPlan, rule: Rule): ControllerPrograms {
  const { memory, params, act } = buildRulePrograms(rule, records, { memory: "memory" });
  const start = buildProgram({
    name: `${rule.id} start in a sector`,
    uses: { start: rule.functions.start, rule: rule.uses },
    step: startWhereOver,
    records: [memory, params, records.port],
  });
  return { records: [memory satisfies RecordBinding], start, act };
}

function startWhereOver(
  c: Values,
  p: Values,
  y: Values,
  u: { readonly start: Rule["functions"]["start"]; readonly rule: Uses },
): void {
  if (y["over"]! > 0.5) u.start(c, p, u.rule);
}

/** A saved controller decides for all copies, on the days that it was trained to decide on. */
function decideLearned({ id, economy, settings }: AgentPlan, controller: LearnedController): Decide {
  const why = whyUnfit(controller, economy, settings.lane);
  if (why !== undefined) {
    const message = `the controller of agent ${id} cannot act in ${economy.id}: ${why}`;
    throw new UserError("E_WARS_CONTROLLER", message, `train or export a controller for ${economy.id}`);
  }
  const observations = controller.observations.map(({ name }) => name);
  const actions = actionNames(controller);
  let acts: readonly Act[] = [];
  return ({ kernel }, day, numLanes) => {
    const seen = observations.map((name) => kernel.view(id, "observation", name));
    const asked = actions.map((name) => kernel.view(id, "requested", name));
    if (day === 0) acts = Array.from({ length: numLanes }, () => startController(controller, economy));
    for (let lane = 0; lane < numLanes; lane++) {
      const decision = acts[lane]!(seen.map((column) => column[lane]!));
      for (const [i, column] of asked.entries()) column[lane] = decision[i]!;
    }
  };
}

/** Adds the accounts up in float64 each day and compares them with what was there and what came. */
function keepBooks({ ids }: WarsPlan, kernel: WarsKernel, numLanes: number) {
  const accounts = capitalAccounts(ids).map((name) => kernel.view(SECTOR, "sector", name));
  const inflow = kernel.view(SECTOR, "sector", "inflow");
  const sum = (lane: number) => accounts.reduce((total, account) => total + account[lane]!, 0);
  const booked = Float64Array.from({ length: numLanes }, (_, lane) => sum(lane));
  let worst = 0;
  return {
    check: () => {
      for (let lane = 0; lane < numLanes; lane++) {
        booked[lane]! += inflow[lane]!;
        // A NaN must not pass for the smaller number.
        const error = Math.abs(sum(lane) - booked[lane]!) / booked[lane]!;
        if (!(error <= worst)) worst = error;
      }
    },
    worst: () => worst,
  };
}

function startTally(plan: WarsPlan, { id }: AgentPlan, kernel: WarsKernel, numLanes: number) {
  const copy = (record: string, field: string) => Float64Array.from(kernel.view(id, record, field).subarray(0, numLanes));
  const capital = () => Float64Array.from(kernel.view(SECTOR, "sector", `capital.${id}`).subarray(0, numLanes));
  const start = { price: copy("flows", "price"), supply: copy("flows", "supply"), capital: capital() };
  const service = new Float64Array(numLanes);
  const capacityMoved = new Float64Array(numLanes);
  const shares: number[] = [];
  const accounts = capitalAccounts(plan.ids).map((name) => kernel.view(SECTOR, "sector", name));
  const own = kernel.view(SECTOR, "sector", `capital.${id}`);
  const share = () => {
    let sum = 0;
    for (let lane = 0; lane < numLanes; lane++)
      sum += own[lane]! / accounts.reduce((total, account) => total + account[lane]!, 0);
    shares.push(sum / numLanes);
  };
  share();
  return {
    add: () => {
      const [served, moved] = [kernel.view(id, "flows", "service"), kernel.view(id, "port", "capacityMove")];
      for (let lane = 0; lane < numLanes; lane++) {
        service[lane]! += served[lane]!;
        capacityMoved[lane]! += moved[lane]!;
      }
      share();
    },
    finish: (days: number): AgentRun => ({
      return: copy("lane", "return"),
      length: copy("port", "steps"),
      ruined: Uint8Array.from(copy("port", "ruined")),
      price: copy("flows", "price").map((price, lane) => price / start.price[lane]!),
      supply: copy("flows", "supply").map((supply, lane) => supply / start.supply[lane]!),
      capital: capital().map((held, lane) => held / start.capital[lane]!),
      service: service.map((sum) => sum / days),
      capacityMoved,
      capitalShare: Float64Array.from(shares),
    }),
  };
}
