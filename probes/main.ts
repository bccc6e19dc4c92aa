import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { packageRoot } from "../cli/package-root.js";
import { renderTable } from "../cli/terminal/table.js";
import { continueSentence, formatUserError, UserError } from "../core/errors.js";
import { meanInterval } from "../core/mean-interval.js";
import { suggest } from "../core/nearest.js";
import { quantile } from "../core/statistics.js";
import { digitsOf, insertProbes, renderPage, type Summary } from "./page.js";
import { METHODS, type Method, PROBES, type Probe } from "./probe.js";
import { PROBE_RUN, type ProbeOptions, type ProbeRun, reaches, runProbe } from "./run-probe.js";

/** Each run's scores, by probe, method and seed. */
const KEPT = "runs/probes";

const USAGE = `usage: npm run probes -- [--only lqr,pendulum] [--methods apg,es,ppo] [--seeds 10] [--threads N] [--json | --page]

Trains on small problems with known optima and says how close each seed comes. Runs are kept in
${KEPT} and not made again: delete that folder to begin anew. --page writes the table of docs/reference/results.md.`;

interface Choice {
  readonly probes: readonly Probe[];
  readonly methods: readonly Method[];
  readonly seeds: number;
  readonly threads: number;
  readonly output: "text" | "json" | "page";
}

function parseChoice(args: readonly string[]): Choice | undefined {
  const values = parseOptions(args);
  if (values.help) return undefined;
  const only = parseNames(
    "probe",
    values.only,
    PROBES.map(({ id }) => id),
  );
  const methods = parseNames("method", values.methods, METHODS);
  return {
    probes: PROBES.filter(({ id }) => only.includes(id)),
    methods: METHODS.filter((method) => methods.includes(method)),
    seeds: parseCount("--seeds", values.seeds, 1000),
    threads: parseCount("--threads", values.threads, 64),
    output: values.page ? "page" : values.json ? "json" : "text",
  };
}

/** Names with commas between; all by default. */
function parseNames(what: string, text: string | undefined, known: readonly string[]): readonly string[] {
  const wanted = text?.split(",") ?? known;
  for (const name of wanted) {
    if (!known.includes(name)) throw new UserError("E_PROBE", `there is no ${what} ${name}`, suggest(name, known));
  }
  return wanted;
}

function parseOptions(args: readonly string[]) {
  try {
    const options = {
      only: { type: "string" },
      methods: { type: "string" },
      seeds: { type: "string", default: "10" },
      threads: { type: "string", default: String(availableParallelism()) },
      json: { type: "boolean", default: false },
      page: { type: "boolean", default: false },
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

function summarise(probe: Probe, method: Method, runs: readonly ProbeRun[]): Summary {
  const { threshold } = probe.trials[method]!;
  const middle = quantile(
    runs.map(({ score }) => score),
    0.5,
  );
  const passed = probe.demand === "median" ? reaches(probe, threshold, middle) : runs.every(({ reached }) => reached);
  return { probe, method, threshold, passed, runs };
}

const show = (x: number | null, digits: number) => (x === null ? "never" : x.toFixed(digits));

function renderSummary({ probe, method, threshold, passed, runs }: Summary): string {
  const digits = digitsOf(probe);
  const rows = runs.map((run) => [
    String(run.seed),
    run.score.toFixed(digits),
    show(run.secondsToThreshold, 1),
    run.stepsToThreshold === null ? "never" : run.stepsToThreshold.toLocaleString("en-US"),
    run.seconds.toFixed(1),
    run.reached ? "yes" : "no",
  ]);
  const head = ["seed", "score", "CPU seconds to threshold", "steps to threshold", "CPU seconds", "reached"];
  const { id, score, optimum, demand } = probe;
  const { mean, low, high } = meanInterval(
    runs.map((run) => run.score),
    0.95,
  );
  return [
    `${id} by ${method}: ${score}`,
    `optimum ${optimum.toFixed(digits)}, threshold ${threshold.toFixed(digits)} (${demand}), mean ${mean.toFixed(digits)} (95 % ${low.toFixed(digits)} .. ${high.toFixed(digits)}): ${passed ? "passed" : "FAILED"}`,
    renderTable(head, rows, [0, 1, 2, 3, 4]),
    "",
  ].join("\n");
}

/** Milliseconds of the processor, all threads together: other work on the machine does not count. */
const cpuTime = () => process.cpuUsage().user / 1000;

/** A run that was made before is not made again. */
async function keptRun(probe: Probe, method: Method, options: ProbeOptions): Promise<ProbeRun> {
  const path = join(packageRoot(), KEPT, `${probe.id}-${method}-${options.seed}.json`);
  if (existsSync(path)) return PROBE_RUN.parse(JSON.parse(readFileSync(path, "utf8")));
  const run = await runProbe(probe, method, options);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(run)}\n`);
  return run;
}

async function runAll(choice: Choice): Promise<Summary[]> {
  const summaries: Summary[] = [];
  for (const probe of choice.probes) {
    for (const method of choice.methods.filter((one) => probe.trials[one])) {
      const runs: ProbeRun[] = [];
      for (let seed = 1; seed <= choice.seeds; seed++) {
        const run = await keptRun(probe, method, { seed, numThreads: choice.threads, now: cpuTime });
        runs.push(run);
        process.stderr.write(
          `${probe.id} by ${method}, seed ${seed}: ${run.score.toFixed(4)} after ${run.seconds.toFixed(1)} s\n`,
        );
      }
      summaries.push(summarise(probe, method, runs));
      if (choice.output === "text") process.stdout.write(`${renderSummary(summaries.at(-1)!)}\n`);
    }
  }
  return summaries;
}

async function main(args: readonly string[]): Promise<number> {
  const choice = parseChoice(args);
  if (!choice) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const summaries = await runAll(choice);
  if (choice.output === "json") {
    const probes = summaries.map(({ probe: { id, score, optimum, demand }, ...rest }) => ({
      id,
      score,
      optimum,
      demand,
      ...rest,
    }));
    process.stdout.write(`${JSON.stringify({ probes }, null, 2)}\n`);
  }
  if (choice.output === "page") {
    const path = join(packageRoot(), "docs/reference/results.md");
    writeFileSync(path, insertProbes(readFileSync(path, "utf8"), renderPage(summaries)));
    process.stderr.write(`wrote ${path}\n`);
  }
  return summaries.every(({ passed }) => passed) ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(formatUserError(error));
  process.exitCode = 2;
}
