// The results pages: tunes every rule, trains, and compares them on the test markets, for each economy that is named.
// `npm run results -- akash render --seeds 1,2,3 --budget 100000000`. What is there already is not made again: delete runs/results to begin anew.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { rulesFor } from "../agents/rules/registry.js";
import { packageRoot } from "../cli/package-root.js";
import { ECONOMIES } from "../env/economies/index.js";
import type { Economy } from "../env/economy.js";
import { findEconomy } from "../env/registry.js";
import { type Report, reportSchema } from "../eval/report-schema.js";
import { renderResults } from "./results/page.js";

/** Of each rule. */
const TUNING_SEEDS = "3";

const root = packageRoot();
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: "string", default: "1,2,3" },
    budget: { type: "string", default: "100000000" },
    episodes: { type: "string", default: "200" },
  },
});
const seeds = values.seeds.split(",");
const { budget, episodes } = values;

for (const economy of positionals.length > 0 ? positionals.map((name) => findEconomy(name)) : ECONOMIES) results(economy);

function results(economy: Economy): void {
  const { id } = economy;
  const folder = `runs/results/${id}`;
  const tuned = `agents/rules/tuned/${id}`;
  mkdirSync(join(root, folder), { recursive: true });
  mkdirSync(join(root, tuned), { recursive: true });
  for (const rule of rulesFor(economy).filter(({ tunable }) => tunable.length > 0)) {
    const out = `${tuned}/${rule.id}.json`;
    if (!isOfBudget(out))
      flyball(["tune", rule.id, "--economy", id, "--budget", budget, "--seeds", TUNING_SEEDS, "--out", out]);
  }
  const runs = seeds.map((seed) => `${folder}/seed-${seed}`);
  const train = seeds.map((seed, i) => ["train", id, "--seed", seed, "--steps", budget, "--out", runs[i]!]);
  const trainSeconds = train.map((args, i) => once(`${runs[i]}.json`, [...args, "--json"], "seconds"));
  const evaluate = ["evaluate", ...runs, "rules", "--economy", id, "--scenarios", "all", "--episodes", episodes];
  const main = [...evaluate, "--out", `${folder}/report`];
  const rawArgs = [...evaluate, "--objective", "raw-price", "--quick", "--out", `${folder}/report-raw`];
  flyball(main);
  const hasRaw = "raw-price" in economy.objectives;
  if (hasRaw) flyball(rawArgs);
  const page = renderResults({
    economy: id,
    report: read(`${folder}/report/report.json`),
    raw: hasRaw ? read(`${folder}/report-raw/report.json`) : undefined,
    commands: {
      tune: `flyball tune RULE --economy ${id} --budget ${budget} --seeds ${TUNING_SEEDS} --out ${tuned}/RULE.json`,
      train: train.map((args) => line(args)),
      evaluate: line(main),
      raw: line(rawArgs),
    },
    machine: `${cpus().length} cores of ${cpus()[0]?.model ?? "an unknown processor"}, Node.js ${process.versions.node}`,
    date: new Date().toISOString().slice(0, 10),
    commit: execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root, encoding: "utf8" }).trim(),
    trainSeconds,
  });
  mkdirSync(join(root, "docs/reference/results"), { recursive: true });
  writeFileSync(join(root, `docs/reference/results/${id}.md`), page);
  console.error(`wrote docs/reference/results/${id}.md`);
}

/** Whether a tuned rule is there that has had this budget with every seed. */
function isOfBudget(path: string): boolean {
  if (!existsSync(join(root, path))) return false;
  const { budget: had, seeds: compared } = JSON.parse(readFileSync(join(root, path), "utf8"));
  return had?.envSteps === Number(budget) && compared?.objectives.length === Number(TUNING_SEEDS);
}

/** Runs a command whose JSON document is kept in `path`, unless it is there; returns one number of it. */
function once(path: string, args: readonly string[], key: string): number {
  if (!existsSync(join(root, path))) writeFileSync(join(root, path), flyball(args));
  return JSON.parse(readFileSync(join(root, path), "utf8"))[key];
}

function flyball(args: readonly string[]): string {
  console.error(`$ ${line(args)}`);
  return execFileSync(process.execPath, [join(root, "dist/cli/main.js"), ...args], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 2 ** 28,
  });
}

function line(args: readonly string[]): string {
  return `flyball ${args.join(" ")}`;
}

function read(path: string): Report {
  return reportSchema.parse(JSON.parse(readFileSync(join(root, path), "utf8")));
}
