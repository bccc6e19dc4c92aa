// Runs the slow gates of the Akash economy and writes docs/validation.md with its plots: `npm run validate [-- RULE_FILE…]`.
// Exits with 1 when a mandatory gate fails. Rule files of `flyball tune` stand in for the tuned rules that ship.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseRuleFile, type RuleFile, ruleOfFile } from "../agents/rules/rule-file.js";
import { shippedRules } from "../cli/contestants.js";
import { packageRoot } from "../cli/package-root.js";
import { UserError } from "../core/errors.js";
import { dynamicsGates, halfStepGates, scaleGates } from "../env/economies/akash/dynamics-gates.js";
import { signGates, statisticalGates } from "../env/economies/akash/gates.js";
import { akash } from "../env/economies/akash.js";
import { parseEnvOptions } from "../env/settings.js";
import { measureControl } from "./validation/control.js";
import { fallsOf, liveMarket, type MarketPaths } from "./validation/market.js";
import { renderPage } from "./validation/page.js";
import { drawPlots } from "./validation/plots.js";
import { burnEffects, sensitivities } from "./validation/sensitivity.js";
import { type PageInput, verdictsOf } from "./validation/verdicts.js";

const COUNTS = { statistical: 600, signs: 500, halfSteps: 300, falls: 600, burn: 200, sensitivity: 60, control: 400 };
/** Env-steps of each search for the rule of a scenario; as many as `flyball tune` takes by default. */
const BUDGET = 2_097_152;
/** Seeds of the plain paths; the quick forms in the tests use others. */
const SEEDS = { statistical: 105, signs: 106, scale: 108, halfSteps: 109, falls: 110 };
/** Rules that look at nothing. */
const BLIND = ["constant", "halving"];

function tunedRules(paths: readonly string[]): RuleFile[] {
  const files =
    paths.length > 0 ? paths.map((path) => parseRuleFile(readFileSync(path, "utf8"))) : [...shippedRules(akash).values()];
  if (files.some(({ rule }) => !BLIND.includes(rule))) return files;
  throw new UserError(
    "E_VALIDATE_RULES",
    "no tuned rule with feedback ships",
    "make some with flyball tune and name their files: npm run validate -- affine.tuned.json",
  );
}

const tunedObjective = ({ choice }: RuleFile) => choice.objectives[choice.chosen] ?? Number.NEGATIVE_INFINITY;

async function measure(
  files: readonly RuleFile[],
  note: (text: string) => void,
): Promise<{ page: PageInput; markets: Markets }> {
  note("stylised facts, signs, dynamics");
  const statistical = statisticalGates(COUNTS.statistical, SEEDS.statistical);
  const signs = signGates(COUNTS.signs, SEEDS.signs);
  const [dynamics, scale, halfSteps] = [
    dynamicsGates(),
    scaleGates(SEEDS.scale),
    halfStepGates(COUNTS.halfSteps, SEEDS.halfSteps),
  ];
  note("falls");
  const markets = Object.fromEntries(
    Object.keys(akash.scenarios).map((name) => [name, liveMarket(name, COUNTS.falls, SEEDS.falls)]),
  );
  note("burning and assumptions");
  const burn = burnEffects(COUNTS.burn);
  const sensitivity = sensitivities(COUNTS.sensitivity);
  const feedback = files
    .filter(({ rule }) => !BLIND.includes(rule))
    .reduce((best, file) => (tunedObjective(file) > tunedObjective(best) ? file : best));
  const control = await measureControl(
    {
      economy: akash,
      lane: parseEnvOptions(akash, {}).lane,
      paths: COUNTS.control,
      tuned: Object.fromEntries(files.map((file) => [file.rule, ruleOfFile(file, akash)])),
      feedback: feedback.rule,
      budget: BUDGET,
      numThreads: Math.min(64, availableParallelism()),
    },
    note,
  );
  const unhalted = liveMarket("base", COUNTS.falls, SEEDS.falls, { haltRatio: 0.5, restartRatio: 0.5 });
  const falls = Object.fromEntries(
    Object.entries({ ...markets, "base, halt at 0.50": unhalted }).map(([name, { price, exogenous }]) => [
      name,
      { price: fallsOf(price), exogenous: fallsOf(exogenous) },
    ]),
  );
  const tuned = files.map((file) => ({ rule: file.rule, envSteps: file.budget.envSteps, objective: tunedObjective(file) }));
  const gates = { statistical, signs, dynamics, scale, halfSteps };
  return {
    page: { economy: akash.id, counts: COUNTS, ...gates, control, tuned, falls, burn, sensitivities: sensitivity },
    markets,
  };
}

type Markets = Readonly<Record<string, MarketPaths>>;

async function main(paths: readonly string[]): Promise<number> {
  const started = Date.now();
  const note = (text: string) => console.error(`${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s  ${text}`);
  const { page, markets } = await measure(tunedRules(paths), note);
  const docs = join(packageRoot(), "docs");
  mkdirSync(join(docs, "validation"), { recursive: true });
  const plots = drawPlots({
    base: markets["base"]!,
    crash: markets["crash"]!,
    control: page.control,
    sensitivities: page.sensitivities,
  });
  for (const [name, svg] of Object.entries(plots)) writeFileSync(join(docs, "validation", name), svg);
  writeFileSync(join(docs, "validation.md"), renderPage(page));
  const verdicts = verdictsOf(page);
  for (const { family, name, mandatory } of verdicts.filter(({ passed }) => !passed)) {
    console.log(`FAIL  ${mandatory ? "mandatory  " : ""}${family}: ${name}`);
  }
  console.log(`${verdicts.filter(({ passed }) => passed).length} of ${verdicts.length} gates passed; wrote docs/validation.md`);
  note("done");
  return verdicts.some(({ passed, mandatory }) => mandatory && !passed) ? 1 : 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(`error: ${error.message}\n  ${error.hint}`);
  process.exitCode = 2;
}
