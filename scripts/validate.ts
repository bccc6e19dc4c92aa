// Validates every economy and writes docs/reference/validation.md, docs/reference/validation/ and the plots: `npm run validate [-- RULE_FILE…]`.
// Exits with 1 when a mandatory check fails. Rule files of `flyball tune` stand in for the tuned rules of Akash that ship.
// `npm run validate -- ECONOMY…` prints what is checked alike in every economy for those alone and writes nothing.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { makeTunedRule, parseRuleFile, type RuleFile } from "../agents/rules/rule-file.js";
import { loadShippedRules } from "../cli/find-controllers.js";
import { packageRoot } from "../cli/package-root.js";
import { formatUserError, UserError } from "../core/errors.js";
import { suggest } from "../core/nearest.js";
import { akash } from "../env/economies/akash/index.js";
import { parseEnvOptions } from "../env/settings.js";
import { dynamicsGates, halfStepGates, scaleGates } from "../validation/akash/dynamics-gates.js";
import { signGates, statisticalGates } from "../validation/akash/gates.js";
import { measureControl } from "../validation/control.js";
import { renderDetails } from "../validation/details-page.js";
import { renderEconomy } from "../validation/economy-page.js";
import { drawEconomyPlots } from "../validation/economy-plots.js";
import { type EconomyReport, economyVerdicts, measureEconomy } from "../validation/economy-report.js";
import { fallsOf, liveMarket, type MarketPaths } from "../validation/market.js";
import { detailsFile, renderPage } from "../validation/page.js";
import { drawPlots } from "../validation/plots.js";
import { burnEffects, sensitivities } from "../validation/sensitivity.js";
import { SPECS } from "../validation/specs.js";
import { type PageInput, type Verdict, verdictsOf } from "../validation/verdicts.js";

const COUNTS = { statistical: 600, signs: 500, halfSteps: 300, falls: 600, burn: 200, sensitivity: 60, control: 400 };
const ECONOMY_COUNTS = { paths: 1000, years: 2, pairs: 300, finality: 200, halfDays: 100 };
/** Env-steps of each search for the rule of a scenario; as many as `flyball tune` takes by default. */
const BUDGET = 2_097_152;
/** Seeds of the plain paths; the quick forms in the tests use others. */
const SEEDS = { statistical: 105, signs: 106, scale: 108, halfSteps: 109, falls: 110 };
/** Rules that look at nothing. */
const BLIND = ["constant", "halving"];

function tunedRules(paths: readonly string[]): RuleFile[] {
  const missing = paths.find((path) => !existsSync(path));
  if (missing !== undefined) {
    const known = SPECS.map(({ economy }) => economy.id);
    throw new UserError("E_VALIDATE_ARGUMENT", `"${missing}" is neither an economy nor a rule file`, suggest(missing, known));
  }
  const files =
    paths.length > 0 ? paths.map((path) => parseRuleFile(readFileSync(path, "utf8"))) : [...loadShippedRules(akash).values()];
  if (files.some(({ rule }) => !BLIND.includes(rule))) return files;
  throw new UserError(
    "E_VALIDATE_RULES",
    "no tuned rule with feedback ships",
    "make some with flyball tune and name their files: npm run validate -- affine.tuned.json",
  );
}

const tunedObjective = ({ choice }: RuleFile) => choice.objectives[choice.chosen] ?? Number.NEGATIVE_INFINITY;

async function measureDetails(files: readonly RuleFile[], note: Note): Promise<{ page: PageInput; markets: Markets }> {
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
      tuned: Object.fromEntries(files.map((file) => [file.rule, makeTunedRule(file, akash)])),
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

type Note = (text: string) => void;

function measureEconomies(ids: readonly string[], note: Note): EconomyReport[] {
  return SPECS.filter(({ economy }) => ids.includes(economy.id)).map((spec) => {
    note(spec.economy.id);
    return measureEconomy(spec, ECONOMY_COUNTS);
  });
}

async function main(args: readonly string[], note: Note): Promise<number> {
  const known = SPECS.map(({ economy }) => economy.id);
  if (args.length > 0 && args.every((name) => known.includes(name))) return printEconomies(args, note);
  const details = await measureDetails(tunedRules(args), note);
  const reports = measureEconomies(known, note);
  writeAll(reports, details);
  note("done");
  return conclude([...reports.flatMap(economyVerdicts), ...verdictsOf(details.page)]);
}

function printEconomies(ids: readonly string[], note: Note): number {
  const reports = measureEconomies(ids, note);
  for (const report of reports) console.log(renderEconomy(report).join("\n"));
  return conclude(reports.flatMap(economyVerdicts));
}

function writeAll(reports: readonly EconomyReport[], { page, markets }: { page: PageInput; markets: Markets }): void {
  const docs = join(packageRoot(), "docs/reference");
  mkdirSync(join(docs, "validation"), { recursive: true });
  const plots = drawPlots({
    base: markets["base"]!,
    crash: markets["crash"]!,
    control: page.control,
    sensitivities: page.sensitivities,
  });
  const files = Object.assign({}, plots, ...reports.map(drawEconomyPlots)) as Record<string, string>;
  for (const [name, svg] of Object.entries(files)) writeFileSync(join(docs, "validation", name), svg);
  writeFileSync(join(docs, detailsFile(page.economy)), renderDetails(page));
  writeFileSync(join(docs, "validation.md"), renderPage(reports, verdictsOf(page)));
}

function conclude(verdicts: readonly Verdict[]): number {
  for (const { economy, family, name, mandatory } of verdicts.filter(({ passed }) => !passed)) {
    console.log(`FAIL  ${mandatory ? "mandatory  " : ""}${economy}, ${family}: ${name}`);
  }
  console.log(`${verdicts.filter(({ passed }) => passed).length} of ${verdicts.length} checks passed`);
  return verdicts.some(({ passed, mandatory }) => mandatory && !passed) ? 1 : 0;
}

try {
  const started = Date.now();
  const note = (text: string) => console.error(`${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s  ${text}`);
  process.exitCode = await main(process.argv.slice(2), note);
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(formatUserError(error));
  process.exitCode = 2;
}
