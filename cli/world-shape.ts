import { UserError } from "../core/errors.js";
import { suggest } from "../core/nearest.js";
import { isEconomy, STANDARD_FLOWS } from "../env/economy.js";
import type { World } from "../env/world.js";

/** Members of a world and what they are; TypeScript says so in an editor, but nothing checks the types of a file that is run. */
const MEMBERS = {
  id: "string",
  state: "object",
  params: "object",
  varying: "object",
  actions: "object",
  shocks: "object",
  flows: "object",
  observations: "object",
  terms: "object",
  objectives: "object",
  constraints: "object",
  horizon: "number",
  observationDelay: "number",
  actionDelay: "number",
  scenarios: "object",
  uses: "object",
  functions: "object",
} as const satisfies Partial<Record<keyof World, string>>;

const ECONOMY_MEMBERS = { token: "object", presets: "object", balances: "object", account: "function" } as const;

const FUNCTIONS = ["drawParams", "reset", "draw", "step", "observe", "objective", "costs", "terminated"] as const;

/**
 * What every other part relies on: all members, a unit, range and source for every parameter, a weight of each term in every objective,
 * fields for balances and varying parameters, and the standard flows of an economy.
 * @throws UserError for the first thing that is missing
 */
export function checkShape(world: World): void {
  checkMembers(world);
  checkParams(world);
  checkWeights(world);
  checkNames(world);
}

function checkMembers(world: World): void {
  const what = typeof world.id === "string" ? world.id : "the economy";
  const members = Object.entries({ ...MEMBERS, ...(isEconomy(world) ? ECONOMY_MEMBERS : {}) });
  const given: Readonly<Record<string, unknown>> = { ...world };
  const bad = members.find(([name, type]) => typeof given[name] !== type || given[name] === null);
  if (bad) {
    const [name, type] = bad;
    const message = `${what} has no ${name} (${type === "object" ? "an object" : `a ${type}`})`;
    throw new UserError("E_CHECK_MEMBER", message, "docs/how-to/writing-an-economy.md shows an economy with all its members");
  }
  const missing = FUNCTIONS.find((name) => typeof world.functions[name] !== "function");
  if (missing) throw new UserError("E_CHECK_MEMBER", `${what} has no function ${missing}`, `it needs ${FUNCTIONS.join(", ")}`);
}

function checkParams({ id, params }: World): void {
  for (const [name, { value, low, high, unit, source, doc }] of Object.entries(params)) {
    const complaint = (what: string) =>
      new UserError(
        "E_CHECK_PARAM",
        `parameter ${name} of ${id} ${what}`,
        "give every parameter value, low, high, unit, source and doc",
      );
    if (!(value >= low && value <= high)) throw complaint(`is ${value}, which is not within its range ${low} to ${high}`);
    for (const [what, text] of Object.entries({ unit, source, doc })) if (!text) throw complaint(`has no ${what}`);
  }
}

function checkWeights({ id, objectives, terms }: World): void {
  const names = Object.keys(terms);
  if (Object.keys(objectives).length === 0) {
    throw new UserError("E_CHECK_WEIGHT", `${id} has no objective`, `give one: a weight for each of ${names.join(", ")}`);
  }
  for (const [objective, weights] of Object.entries(objectives)) {
    const complain = (what: string, hint: string) => {
      throw new UserError("E_CHECK_WEIGHT", `objective ${objective} of ${id} ${what}`, hint);
    };
    const missing = names.find((term) => !Number.isFinite(weights[term]));
    if (missing) complain(`has no weight of ${missing}`, `give each term a number, 0 to leave it out: ${names.join(", ")}`);
    const unknown = Object.keys(weights).find((term) => !names.includes(term));
    if (unknown) complain(`weighs ${unknown}, which is no term`, suggest(unknown, names));
  }
}

/** Names that stand for something declared elsewhere. */
function checkNames(world: World): void {
  const { id, params, state, flows, varying, scenarios } = world;
  const require = (kind: string, names: readonly string[], known: object) => {
    const wrong = names.find((name) => !Object.hasOwn(known, name));
    if (wrong === undefined) return;
    throw new UserError(
      "E_CHECK_NAME",
      `${kind} of ${id} names ${wrong}, which does not exist`,
      suggest(wrong, Object.keys(known)),
    );
  };
  require("varying", varying, params);
  require("sums", (world.sums ?? []).flatMap((sum) => sum.params), params);
  require("hidden", world.hidden ?? [], state);
  for (const [name, { overrides }] of Object.entries(scenarios)) checkOverrides(world, `scenario ${name}`, overrides, varying);
  if (!Object.hasOwn(scenarios, "base")) {
    throw new UserError(
      "E_CHECK_NAME",
      `${id} has no scenario base`,
      "give it one, with the parameters as they are: overrides: {}",
    );
  }
  if (!isEconomy(world)) return;
  require("balances", world.balances, state);
  const all = Object.keys(params);
  for (const [name, { overrides }] of Object.entries(world.presets)) checkOverrides(world, `preset ${name}`, overrides, all);
  const missing = Object.keys(STANDARD_FLOWS).find((name) => !(name in flows));
  if (missing) {
    const message = `${id} has a token but no flow ${missing}`;
    throw new UserError("E_CHECK_FLOW", message, `write ${Object.keys(STANDARD_FLOWS).join(", ")} in every step`);
  }
}

/** @param allowed names of the parameters that may be set there */
function checkOverrides(world: World, what: string, overrides: Readonly<Record<string, number>>, allowed: readonly string[]) {
  for (const [name, value] of Object.entries(overrides)) {
    const spec = world.params[name];
    if (!spec || !allowed.includes(name)) {
      const why = spec ? "which is not among the varying parameters" : "which does not exist";
      const message = `${what} of ${world.id} names ${name}, ${why}`;
      throw new UserError("E_CHECK_NAME", message, spec ? `add ${name} to varying` : suggest(name, allowed));
    }
    if (value >= spec.low && value <= spec.high) continue;
    const message = `${what} of ${world.id} sets ${name} to ${value}, allowed is ${spec.low} .. ${spec.high} (${spec.unit})`;
    throw new UserError("E_CHECK_NAME", message, "change the value, or widen the range of the parameter");
  }
}
