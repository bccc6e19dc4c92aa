import { existsSync, readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { type Controller, isLearned, type NamedController } from "../agents/controller/controller.js";
import { type Provenance, parseControllerFile } from "../agents/learned/controller-file.js";
import { CONTROLLER_FORMAT } from "../agents/learned/controller-schema.js";
import { whyUnfit } from "../agents/learned/fitness.js";
import type { LearnedController } from "../agents/learned/learned-controller.js";
import { economiesOf, makeRule, rulesFor } from "../agents/rules/registry.js";
import type { Rule } from "../agents/rules/rule.js";
import { makeTunedRule, parseRuleFile, type RuleFile, whyNotTuned } from "../agents/rules/rule-file.js";
import { ruleValues } from "../agents/rules/rule-values.js";
import { UserError } from "../core/errors.js";
import { suggest } from "../core/nearest.js";
import type { Economy } from "../env/economy.js";
import { baseName, withoutSubnets } from "../env/economy-id.js";
import type { LaneOptions } from "../env/lane/uses.js";
import type { ChosenEconomy } from "./economy-option.js";
import { exists, isFolder } from "./files.js";
import { readInputText } from "./input-file.js";
import type { Io } from "./io.js";
import { hashSettings, loadTrained, openRun } from "./open-run.js";
import { packageRoot } from "./package-root.js";

/** Where controllers are to act: the economy, with the file that the user named for it, and how it is set up. */
interface Arena extends ChosenEconomy {
  readonly lane: LaneOptions;
  /** Of run folders take the best checkpoint instead of the last. */
  readonly best?: boolean | undefined;
}

/** A controller that the user named, and where it comes from. */
export interface FoundController extends NamedController {
  /** Of a run folder: the same for all runs that differ in the training seed alone. */
  readonly settings?: string;
  readonly source: Readonly<Record<string, string | number>>;
}

/** Stands for every rule of the economy. */
const ALL_RULES = "rules";
/** `affine:tuned` is the rule with the tuned values that ship with flyball. */
const TUNED = ":tuned";

/**
 * Finds the controllers that a user names: rule ids (`affine`, tuned as shipped: `affine:tuned`), `rules` for all of them
 * (tuned where tuned values ship), tuned rule files, exported controllers and run folders.
 * @throws UserError naming the nearest rule when a name is none of these
 */
export async function findControllers(io: Io, names: readonly string[], arena: Arena): Promise<readonly FoundController[]> {
  const found: FoundController[] = [];
  for (const name of names) {
    if (name === ALL_RULES) found.push(...allRules(arena.economy));
    else found.push(await findController(io, name, arena));
  }
  const byId = new Map<string, FoundController>();
  for (const controller of found) byId.set(freeId(controller, byId), controller);
  return [...byId].map(([id, controller]) => ({ ...controller, id }));
}

/** The same rule asked for twice is one; different controllers of one name are numbered. */
function freeId(found: FoundController, taken: ReadonlyMap<string, FoundController>): string {
  const { id } = found;
  const other = taken.get(id);
  if (!other || isSameRule(other.controller, found.controller)) return id;
  for (let n = 2; ; n++) if (!taken.has(`${id} #${n}`)) return `${id} #${n}`;
}

function isSameRule(left: Controller, right: Controller): boolean {
  if (isLearned(left) || isLearned(right)) return false;
  return JSON.stringify(ruleValues(left)) === JSON.stringify(ruleValues(right));
}

async function findController(io: Io, name: string, arena: Arena): Promise<FoundController> {
  const { economy } = arena;
  if (name.endsWith(TUNED)) return findTunedRule(name.slice(0, -TUNED.length), economy);
  if (rulesFor(economy).some(({ id }) => id === name)) return nameRule(makeRule(name, economy));
  if (isFolder(io, name)) {
    const run = await openRun(io, name, arena, arena.best ? "best" : "last");
    const found = nameLearned(basename(resolve(io.cwd, name)), loadTrained(run), arena);
    return { ...found, settings: hashSettings(run) };
  }
  if (exists(io, name)) return loadFile(io, name, arena);
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

function loadFile(io: Io, path: string, arena: Arena): FoundController {
  const text = readInputText(io, path);
  // A rule file is small and says so at its beginning; everything else is left to the controller's own checks.
  if (/^\s*\{\s*"format":\s*"flyball-rule"/.test(text)) return nameTunedRule(parseRuleFile(text), arena.economy, path);
  const id = basename(path).replace(/\.json$/, "");
  if (!text.includes(CONTROLLER_FORMAT) && !path.endsWith(".json")) {
    const message = `${path} is neither a controller file nor a tuned rule`;
    throw new UserError(
      "E_CONTROLLER_FOREIGN",
      message,
      "give a file of flyball export or flyball tune, a run folder or a rule",
    );
  }
  return nameLearned(id, parseControllerFile(text), arena);
}

interface Trained {
  readonly controller: LearnedController;
  readonly provenance: Provenance;
}

/** @throws UserError when it cannot act there */
function nameLearned(id: string, { controller, provenance }: Trained, { economy, lane }: Arena): FoundController {
  const why = whyUnfit(controller, economy, lane);
  if (why === undefined) return { id, tuned: false, controller, source: { ...provenance, trainedOn: controller.paramsHash } };
  throw new UserError(
    "E_CONTROLLER_ECONOMY",
    `${id} cannot act in ${economy.id}: ${why}`,
    "name the economy that it was trained on, as it was then, or train anew",
  );
}

function nameRule(rule: Rule): FoundController {
  return { id: rule.id, tuned: false, controller: rule, source: { values: "as given in the rule" } };
}

function nameTunedRule(file: RuleFile, economy: Economy, path: string): FoundController {
  const { paramsHash, budget, seed } = file;
  const source = { file: path, tunedOn: paramsHash, envSteps: budget.used, seed };
  return { id: `${file.rule} (tuned)`, tuned: true, controller: makeTunedRule(file, economy), source };
}

/** Every rule of the economy, with the shipped tuned values where there are any. */
function allRules(economy: Economy): readonly FoundController[] {
  const tuned = loadShippedRules(economy);
  return rulesFor(economy).map((rule) => {
    const file = tuned.get(rule.id);
    return file ? nameTunedRule(file, economy, "shipped with flyball") : nameRule(rule);
  });
}

function findTunedRule(id: string, economy: Economy): FoundController {
  refuseForeignRule(id, economy);
  const rule = makeRule(id, economy);
  const tuned = loadShippedRules(economy);
  const file = tuned.get(rule.id);
  if (file) return nameTunedRule(file, economy, "shipped with flyball");
  const hint =
    tuned.size > 0 ? `tuned are: ${[...tuned.keys()].join(", ")}` : `make some: flyball tune ${id} --economy ${economy.id}`;
  throw new UserError("E_RULE_TUNED", `no tuned values of rule ${id} ship for ${economy.id}`, hint);
}

/** Results of `flyball tune` that ship with flyball, by rule; for an economy of another size those that fit any number of elements. */
export function loadShippedRules(economy: Economy): ReadonlyMap<string, RuleFile> {
  const shipped = join(packageRoot(), "agents/rules/tuned");
  const folder = [economy.id, withoutSubnets(economy.id)].map((id) => join(shipped, id)).find(existsSync);
  if (folder === undefined) return new Map();
  const io = { cwd: folder };
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return new Map(
    files
      .sort()
      .map((name) => parseRuleFile(readInputText(io, name)))
      .filter((file) => whyNotTuned(file, economy) === undefined)
      .map((file) => [file.rule, file]),
  );
}
