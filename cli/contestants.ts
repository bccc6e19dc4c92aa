import { existsSync, readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { Rule } from "../agents/controller.js";
import { CONTROLLER_FORMAT, type Provenance, parseControllerFile } from "../agents/controller-file.js";
import type { LearnedController } from "../agents/learned.js";
import { whyUnfit } from "../agents/learned-of-run.js";
import { economiesOf, makeRule, rulesFor } from "../agents/rules/registry.js";
import { parseRuleFile, type RuleFile, ruleOfFile } from "../agents/rules/rule-file.js";
import { ruleValues } from "../agents/rules/rule-values.js";
import { UserError } from "../core/errors.js";
import { suggest } from "../core/nearest.js";
import type { Economy } from "../env/economy.js";
import { baseName } from "../env/economy-id.js";
import type { ChosenEconomy } from "./economy-option.js";
import { exists, isFolder } from "./files.js";
import { readInputText } from "./input-file.js";
import type { Io } from "./io.js";
import { loadTrained, openRun } from "./open-run.js";
import { packageRoot } from "./package-root.js";

/** Somebody to be simulated or compared: a fixed rule or a learned controller, and where it comes from. */
export type Contestant = RuleContestant | LearnedContestant;

export interface RuleContestant {
  /** Unique in a report. */
  readonly id: string;
  readonly kind: "rule";
  readonly tuned: boolean;
  readonly rule: Rule;
  readonly source: Source;
}

export interface LearnedContestant {
  readonly id: string;
  readonly kind: "learned";
  readonly tuned: false;
  readonly controller: LearnedController;
  readonly source: Source;
}

type Source = Readonly<Record<string, string | number>>;

/** Stands for every rule of the economy. */
const ALL_RULES = "rules";
/** `affine:tuned` is the rule with the tuned values that ship with flyball. */
const TUNED = ":tuned";

/**
 * Finds the controllers that a user names: rule ids (`affine`, tuned as shipped: `affine:tuned`), `rules` for all of them
 * (tuned where tuned values ship), tuned rule files, exported controllers and run folders.
 * @throws UserError naming the nearest rule when a name is none of these
 */
export async function findContestants(io: Io, names: readonly string[], chosen: ChosenEconomy): Promise<readonly Contestant[]> {
  const found: Contestant[] = [];
  for (const name of names) {
    if (name === ALL_RULES) found.push(...allRules(chosen.economy));
    else found.push(await findContestant(io, name, chosen));
  }
  const byId = new Map<string, Contestant>();
  for (const contestant of found) byId.set(freeId(contestant, byId), contestant);
  return [...byId].map(([id, contestant]) => ({ ...contestant, id }));
}

/** The same rule asked for twice is one; different controllers of one name are numbered. */
function freeId(contestant: Contestant, taken: ReadonlyMap<string, Contestant>): string {
  const { id, kind } = contestant;
  if (!taken.has(id) || (kind === "rule" && sameRule(taken.get(id)!, contestant))) return id;
  for (let n = 2; ; n++) if (!taken.has(`${id} #${n}`)) return `${id} #${n}`;
}

function sameRule(left: Contestant, right: Contestant): boolean {
  if (left.kind !== "rule" || right.kind !== "rule") return false;
  return JSON.stringify(ruleValues(left.rule)) === JSON.stringify(ruleValues(right.rule));
}

/** @param chosen the economy that it is for, with the file that the user named for it */
export async function findContestant(io: Io, name: string, chosen: ChosenEconomy): Promise<Contestant> {
  const { economy } = chosen;
  if (name.endsWith(TUNED)) return tunedRule(name.slice(0, -TUNED.length), economy);
  if (rulesFor(economy).some(({ id }) => id === name)) return plainRule(makeRule(name, economy));
  if (isFolder(io, name))
    return fitting(learnedContestant(basename(resolve(io.cwd, name)), loadTrained(await openRun(io, name, chosen))), economy);
  if (exists(io, name)) return contestantOfFile(io, name, economy);
  const rules = rulesFor(economy).map(({ id }) => id);
  refuseForeignRule(name, economy);
  const message = `there is no rule, run folder or controller file "${name}"`;
  throw new UserError("E_CONTROLLER_UNKNOWN", message, suggest(name, [...rules, ALL_RULES]));
}

/** @throws UserError when there is a rule of that id, made for other economies */
function refuseForeignRule(id: string, economy: Economy): void {
  const economies = economiesOf(id);
  if (economies.length === 0 || rulesFor(economy).some((rule) => rule.id === id)) return;
  const message = `rule ${id} is made for ${economies.join(", ")}, not for ${economy.id}`;
  throw new UserError("E_RULE_WORLD", message, `choose one of: flyball rules --economy ${baseName(economy.id)}`);
}

function contestantOfFile(io: Io, path: string, economy: Economy): Contestant {
  const text = readInputText(io, path);
  // A rule file is small and says so at its beginning; everything else is left to the controller's own checks.
  if (/^\s*\{\s*"format":\s*"flyball-rule"/.test(text)) return ruleOfTuneFile(parseRuleFile(text), economy, path);
  const id = basename(path).replace(/\.json$/, "");
  if (!text.includes(CONTROLLER_FORMAT) && !path.endsWith(".json")) {
    const message = `${path} is neither a controller file nor a tuned rule`;
    throw new UserError(
      "E_CONTROLLER_FOREIGN",
      message,
      "give a file of flyball export or flyball tune, a run folder or a rule",
    );
  }
  const { controller, provenance } = parseControllerFile(text);
  return fitting(learnedContestant(id, { controller, provenance }), economy);
}

function learnedContestant(id: string, from: { controller: LearnedController; provenance: Provenance }): LearnedContestant {
  const { controller, provenance } = from;
  return { id, kind: "learned", tuned: false, controller, source: { ...provenance, trainedOn: controller.paramsHash } };
}

function fitting(contestant: LearnedContestant, economy: Economy): LearnedContestant {
  const why = whyUnfit(contestant.controller, economy);
  if (why === undefined) return contestant;
  throw new UserError("E_CONTROLLER_ECONOMY", `${contestant.id} cannot act in ${economy.id}: ${why}`, "name its own --economy");
}

function plainRule(rule: Rule): RuleContestant {
  return { id: rule.id, kind: "rule", tuned: false, rule, source: { values: "as given in the rule" } };
}

function ruleOfTuneFile(file: RuleFile, economy: Economy, path: string): RuleContestant {
  const { paramsHash, budget, seed } = file;
  const source = { file: path, tunedOn: paramsHash, envSteps: budget.used, seed };
  return { id: `${file.rule} (tuned)`, kind: "rule", tuned: true, rule: ruleOfFile(file, economy), source };
}

/** Every rule of the economy, with the shipped tuned values where there are any. */
function allRules(economy: Economy): readonly RuleContestant[] {
  const tuned = shippedRules(economy);
  return rulesFor(economy).map((rule) => {
    const file = tuned.get(rule.id);
    return file ? ruleOfTuneFile(file, economy, "shipped with flyball") : plainRule(rule);
  });
}

function tunedRule(id: string, economy: Economy): RuleContestant {
  refuseForeignRule(id, economy);
  const rule = makeRule(id, economy);
  const tuned = shippedRules(economy);
  const file = tuned.get(rule.id);
  if (file) return ruleOfTuneFile(file, economy, "shipped with flyball");
  const hint =
    tuned.size > 0 ? `tuned are: ${[...tuned.keys()].join(", ")}` : `make some: flyball tune ${id} --economy ${economy.id}`;
  throw new UserError("E_RULE_TUNED", `no tuned values of rule ${id} ship for ${economy.id}`, hint);
}

/** Results of `flyball tune` that ship with flyball, by rule. */
export function shippedRules(economy: Economy): ReadonlyMap<string, RuleFile> {
  const folder = join(packageRoot(), "agents/rules/tuned", economy.id);
  if (!existsSync(folder)) return new Map();
  const io = { cwd: folder };
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return new Map(
    files
      .sort()
      .map((name) => parseRuleFile(readInputText(io, name)))
      .map((file) => [file.rule, file]),
  );
}
