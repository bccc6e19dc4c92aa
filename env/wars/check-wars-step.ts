import type { CheckRule } from "../check-rules.js";
import { checkReset, checkStep } from "../check-step.js";
import type { WarsReport } from "./check-wars-rules.js";
import type { PerAgent, SectorInfo, WarsEnv, WarsInfo, WarsReset, WarsStep } from "./contract.js";

export type Actions = PerAgent<Float64Array | number>;

const STEP_MEMBERS = ["observations", "rewards", "costs", "terminations", "truncations", "infos"] as const;

/** @returns whether the result can be looked at further */
export function checkWarsReset(env: WarsEnv, result: WarsReset, report: WarsReport): boolean {
  const { possibleAgents, spec } = env;
  if (String(env.agents) !== String(possibleAgents)) {
    report("agents-reset", `agents are ${env.agents} after reset, possible are ${possibleAgents}`);
  }
  if (!keyedBy(result, ["observations", "infos"], possibleAgents, "reset", report)) return false;
  for (const id of possibleAgents) {
    const agent = { observation: result.observations[id]!, info: result.infos[id]! };
    checkReset(spec.agents[id]!, agent, forAgent(id, report));
  }
  checkClock(result.infos, report);
  checkSector(env, undefined, result.infos, report);
  return true;
}

interface WarsTransition {
  readonly acting: readonly string[];
  readonly before: PerAgent<WarsInfo>;
  readonly actions: Actions;
  readonly result: WarsStep;
}

export function checkWarsStep(env: WarsEnv, { acting, before, actions, result }: WarsTransition, report: WarsReport): boolean {
  if (!keyedBy(result, STEP_MEMBERS, acting, "step", report)) return false;
  for (const id of acting) {
    const own = {
      observation: result.observations[id]!,
      reward: result.rewards[id]!,
      costs: result.costs[id]!,
      terminated: result.terminations[id]!,
      truncated: result.truncations[id]!,
      info: result.infos[id]!,
    };
    const transition = { before: before[id]!, action: actions[id]!, result: own };
    checkStep(env.spec.agents[id]!, transition, forAgent(id, report));
  }
  const live = acting.filter((id) => !result.terminations[id] && !result.truncations[id]);
  if (String(env.agents) !== String(live))
    report("agents-live", `agents are ${env.agents} after a step that left ${live} live`);
  checkClock(result.infos, report);
  checkSector(env, before, result.infos, report);
  return true;
}

function keyedBy(
  result: object,
  members: readonly string[],
  agents: readonly string[],
  what: string,
  report: WarsReport,
): boolean {
  const loose = result as Readonly<Record<string, unknown>> | undefined;
  for (const member of members) {
    const given = loose?.[member];
    const keys = typeof given === "object" && given !== null ? Object.keys(given) : [];
    if (String(keys.toSorted()) === String([...agents].sort())) continue;
    report("result-agents", `${member} of ${what} is by [${keys}], expected are [${agents}]`);
    return false;
  }
  return true;
}

function forAgent(id: string, report: WarsReport): (rule: CheckRule, message: string) => void {
  return (rule, message) => report(rule, message, id);
}

/** All run on the same day of the same episode. */
function checkClock(infos: PerAgent<WarsInfo>, report: WarsReport): void {
  const clocks = Object.entries(infos).map(([id, { episode, day }]) => ({ id, clock: `day ${day} of episode ${episode}` }));
  const odd = clocks.find(({ clock }) => clock !== clocks[0]!.clock);
  if (odd) report("same-clock", `${clocks[0]!.id} is at ${clocks[0]!.clock}, ${odd.id} at ${odd.clock}`);
}

function checkSector(
  env: WarsEnv,
  before: PerAgent<WarsInfo> | undefined,
  infos: PerAgent<WarsInfo>,
  report: WarsReport,
): void {
  const sectors = Object.entries(infos).map(([id, { sector }]) => ({ id, sector }));
  const [first] = sectors;
  if (!first) return;
  const shared = ({ cash, rest, total, inflow }: SectorInfo) => String([cash, rest, total, inflow]);
  const odd = sectors.find(({ sector }) => shared(sector) !== shared(first.sector));
  if (odd)
    report(
      "sector-shared",
      `${first.id} and ${odd.id} see cash, rest, total and inflow as ${shared(first.sector)} and ${shared(odd.sector)}`,
    );
  for (const { id, sector } of sectors) {
    for (const name of ["capital", "cash", "rest"] as const) {
      if (!(sector[name] >= 0)) report("capital-negative", `${name} is ${sector[name]} USD`, id);
    }
  }
  const everyone = sectors.length === env.possibleAgents.length;
  const { cash, rest, total, inflow } = first.sector;
  const sum = sectors.reduce((all, { sector }) => all + sector.capital, cash + rest);
  if (everyone && !near(sum, total)) report("capital-identity", `accounts add up to ${sum} USD, the total is ${total}`);
  const old = before?.[first.id]?.sector.total;
  if (old === undefined || near(old + inflow, total)) return;
  report("capital-identity", `capital is ${total} USD after ${old} and an inflow of ${inflow}`);
}

/** Ten accounts are added up in float64 in any order. */
function near(left: number, right: number): boolean {
  return Math.abs(left - right) <= 1e-12 * Math.max(Math.abs(left), Math.abs(right), 1);
}
