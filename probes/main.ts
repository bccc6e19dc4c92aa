import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { renderTable } from "../cli/terminal/table.js";
import { continueSentence, formatUserError, UserError } from "../core/errors.js";
import { suggest } from "../core/nearest.js";
import { PROBES, type Probe } from "./probe.js";
import { type ProbeRun, reaches, runProbe } from "./run-probe.js";

const USAGE = `usage: npm run probes -- [--only lqr,pendulum] [--seeds 10] [--threads N] [--json]

Trains on small problems with known optima and says how close each seed comes.`;

interface Choice {
  readonly probes: readonly Probe[];
  readonly seeds: number;
  readonly threads: number;
  readonly json: boolean;
}

function parseChoice(args: readonly string[]): Choice | undefined {
  const values = parseOptions(args);
  if (values.help) return undefined;
  const ids = PROBES.map(({ id }) => id);
  const wanted = values.only?.split(",") ?? ids;
  for (const id of wanted) {
    if (!ids.includes(id)) throw new UserError("E_PROBE", `there is no probe ${id}`, suggest(id, ids));
  }
  return {
    probes: PROBES.filter(({ id }) => wanted.includes(id)),
    seeds: parseCount("--seeds", values.seeds, 1000),
    threads: parseCount("--threads", values.threads, 64),
    json: values.json,
  };
}

function parseOptions(args: readonly string[]) {
  try {
    const options = {
      only: { type: "string" },
      seeds: { type: "string", default: "10" },
      threads: { type: "string", default: String(availableParallelism()) },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    // An unknown option or one without its value; the message names it.
    const { message } = error as Error;
    throw new UserError("E_PROBE_OPTION", continueSentence(message), "see npm run probes -- --help");
  }
}

function parseCount(option: string, text: string, most: number): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= most) return count;
  throw new UserError(
    "E_PROBE_OPTION",
    `${option} is ${text}, allowed are whole numbers 1 .. ${most}`,
    `for example ${option} 2`,
  );
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

function summarise(probe: Probe, runs: readonly ProbeRun[]) {
  const middle = median(runs.map(({ score }) => score));
  const passed = probe.demand === "median" ? reaches(probe, middle) : runs.every(({ reached }) => reached);
  const { id, score, optimum, threshold, demand } = probe;
  return { id, score, optimum, threshold, demand, median: middle, passed, runs };
}

type Summary = ReturnType<typeof summarise>;

const show = (x: number | null, digits: number) => (x === null ? "never" : x.toFixed(digits));

function renderSummary(summary: Summary): string {
  const digits = Math.abs(summary.optimum) < 10 ? 6 : 1;
  const rows = summary.runs.map((run) => [
    String(run.seed),
    run.score.toFixed(digits),
    show(run.secondsToThreshold, 1),
    run.stepsToThreshold === null ? "never" : run.stepsToThreshold.toLocaleString("en-US"),
    run.seconds.toFixed(1),
    run.reached ? "yes" : "no",
  ]);
  const head = ["seed", "score", "seconds to threshold", "steps to threshold", "seconds", "reached"];
  const { id, score, optimum, threshold, demand, passed } = summary;
  return [
    `${id}: ${score}`,
    `optimum ${optimum.toFixed(digits)}, threshold ${threshold.toFixed(digits)} (${demand}), median ${summary.median.toFixed(digits)}: ${passed ? "passed" : "FAILED"}`,
    renderTable(head, rows, [0, 1, 2, 3, 4]),
    "",
  ].join("\n");
}

async function main(args: readonly string[]): Promise<number> {
  const choice = parseChoice(args);
  if (!choice) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const summaries: Summary[] = [];
  for (const probe of choice.probes) {
    const runs: ProbeRun[] = [];
    for (let seed = 1; seed <= choice.seeds; seed++) {
      const run = await runProbe(probe, { seed, numThreads: choice.threads, now: () => performance.now() });
      runs.push(run);
      process.stderr.write(`${probe.id} seed ${seed}: ${run.score.toFixed(4)} after ${run.seconds.toFixed(1)} s\n`);
    }
    summaries.push(summarise(probe, runs));
    if (!choice.json) process.stdout.write(`${renderSummary(summaries.at(-1)!)}\n`);
  }
  if (choice.json) process.stdout.write(`${JSON.stringify({ probes: summaries }, null, 2)}\n`);
  return summaries.every(({ passed }) => passed) ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(formatUserError(error));
  process.exitCode = 2;
}
