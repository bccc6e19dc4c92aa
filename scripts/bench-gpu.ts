// The learner on a GPU, checked and timed: `npm run bench:gpu`, see docs/how-to/gpu.md. Needs nothing but Node.js and the package webgpu, so
// that it can be bundled and taken to a bare machine. FLYBALL_BENCH_QUICK=1 only shows that everything runs; OUT names the
// folder of the document; FLYBALL_PYTHON the Python that may have JAX or PyTorch; FLYBALL_BENCH_LOOP=host lets the host go
// through the steps of a rollout from the start; FLYBALL_BENCH_CHECK_ENVS checks the learner with so many environments, in software too.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createBudget } from "../bench/gpu/budget.js";
import { caseToCheck } from "../bench/gpu/cases.js";
import type { RolloutLoop } from "../bench/gpu/correctness.js";
import {
  caseTable,
  ceilingLine,
  checkLines,
  type GpuReport,
  KERNEL_HEAD,
  kernelRows,
  loopLines,
  peerLines,
  SOFTWARE_NOTE,
  targetLines,
} from "../bench/gpu/report.js";
import { type Bench, FULL, measureAll, QUICK } from "../bench/gpu/run.js";
import { renderTable } from "../cli/terminal/table.js";
import { VERSION } from "../cli/version.js";
import { formatUserError, UserError } from "../core/errors.js";
import { findEconomy } from "../env/registry.js";
import { openGpu } from "../models/webgpu/device.js";
import { adapterName, isSoftware } from "../models/webgpu/explain.js";

async function main(): Promise<number> {
  const now = () => performance.now();
  const adapter = await describeAdapter();
  const quick = adapter.isSoftware || process.env["FLYBALL_BENCH_QUICK"] === "1";
  const effort = quick ? QUICK : FULL;
  const budget = createBudget(effort.totalSeconds, now);
  const log = (line: string) => process.stderr.write(`[${budget.elapsed().toFixed(1).padStart(6)} s] ${line}\n`);
  if (adapter.isSoftware) log(SOFTWARE_NOTE);
  log(`${adapter.name}${adapter.driver && `, ${adapter.driver}`}`);
  const economy = findEconomy("akash");
  const python = process.env["FLYBALL_PYTHON"] ?? "python3";
  const loop = parseLoop(process.env["FLYBALL_BENCH_LOOP"]);
  const checkedEnvs = process.env["FLYBALL_BENCH_CHECK_ENVS"];
  const checkedCase = caseToCheck(quick, adapter.isSoftware, checkedEnvs ? Number(checkedEnvs) : undefined);
  const bench: Bench = { economy, budget, log, now, effort, python, loop, checkedCase };
  const head = { format: "flyball-gpu-bench", version: 1, flyball: VERSION, economy: economy.id } as const;
  const date = new Date().toISOString().slice(0, 10);
  const folder = process.env["OUT"] || ".";
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "gpu-bench.json");
  let report: GpuReport | undefined;
  for await (const measured of measureAll(bench)) {
    const seconds = budget.elapsed();
    report = { ...head, date, quick, adapter, node: process.versions.node, seconds, ...measured };
    // After every part: a machine that is taken away leaves what was measured.
    writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
  }
  print(report!, path);
  return report!.failures.length === 0 && report!.checks.every(({ passed }) => passed) ? 0 : 1;
}

/** @throws UserError */
function parseLoop(word: string | undefined): RolloutLoop | undefined {
  if (!word) return undefined;
  if (word === "device" || word === "host") return word;
  throw new UserError(
    "E_BENCH_LOOP",
    `FLYBALL_BENCH_LOOP must be device or host, got ${word}`,
    "leave it out to try the device first",
  );
}

async function describeAdapter(): Promise<GpuReport["adapter"]> {
  const gpu = await openGpu();
  gpu.dispose();
  const { status, stdout } = spawnSync("nvidia-smi", ["--query-gpu=name,driver_version", "--format=csv,noheader"], {
    encoding: "utf8",
  });
  const driver = status === 0 ? stdout.trim().split("\n").join("; ") : "";
  return { name: adapterName(gpu.info), driver, isSoftware: isSoftware(gpu.info) };
}

function print(report: GpuReport, path: string): void {
  const say = (line = "") => process.stdout.write(`${line}\n`);
  const { adapter, cases } = report;
  const table = caseTable(cases);
  const profiled = cases.find(({ figures }) => figures && figures.kernels.length > 0);
  if (adapter.isSoftware) say(SOFTWARE_NOTE);
  say(`${report.date}, ${adapter.name}${adapter.driver && `, ${adapter.driver}`}, Node.js ${report.node}, ${report.economy}`);
  say(`written: ${path}`);
  for (const line of checkLines(report.checks)) say(line);
  for (const line of report.failures) say(`FAILED ${line}`);
  say(ceilingLine(report.ceilings));
  for (const line of loopLines(cases)) say(line);
  if (profiled) say(`\n${renderTable(KERNEL_HEAD, kernelRows(profiled.figures!), [1, 2, 3, 4, 5])}\n`);
  for (const line of peerLines(cases)) say(line);
  for (const line of targetLines(report)) say(line);
  say(`\n${renderTable(table.head, table.rows, [0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])}`);
  if (adapter.isSoftware) say(SOFTWARE_NOTE);
}

main().then(
  // Whatever still hangs in a driver must not keep the process.
  (code) => process.exit(code),
  (error: unknown) => {
    if (error instanceof UserError) {
      process.stderr.write(formatUserError(error));
      process.exit(2);
    }
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
