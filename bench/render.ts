import type { Aim, BenchReport, DeviceTraining } from "./schema.js";

/** A benchmark as text: rows of a table, and the block of docs/reference/performance.md. */

type Row = readonly string[];

export const AIM_HEAD: Row = ["what", "measured", "aim", ""];
export const PROFILE_HEAD: Row = ["phase", "part", "ms", "share"];

export function aimRows({ aims }: BenchReport): Row[] {
  return aims.map(({ what, unit, measured, aim, kind, met }) => [
    what,
    measured === null ? "not measured" : quantity(measured, unit),
    `${kind === "at least" ? ">=" : "<="} ${quantity(aim, unit)}`,
    met === null ? "" : met ? "met" : "missed",
  ]);
}

/** Parts of an iteration from a thousandth of it on, the rest in one row. */
export function profileRows({ profile }: BenchReport): Row[] {
  const large = profile.parts.filter(({ share }) => share >= 0.001);
  const small = profile.parts.filter(({ share }) => share < 0.001);
  const add = (pick: (part: (typeof small)[number]) => number) => small.reduce((sum, part) => sum + pick(part), 0);
  return [
    ...large.map(({ phase, part, seconds, share }) => [phase, part, ms(seconds), percent(share)]),
    ["all", `${small.length} smaller parts`, ms(add(({ seconds }) => seconds)), percent(add(({ share }) => share))],
    ["all", "whole iteration", ms(profile.iterationSeconds), percent(1)],
  ];
}

const BUSY = 1;
const BUSY_NOTE =
  "the machine was busy in the minute before; while others use it, speeds are lower, and a second thread adds little or nothing";

/** What the tables leave out. */
export function noteLines(report: BenchReport): string[] {
  const { machine, gradient, simulation, training, update, memory, evaluation, compiler } = report;
  const { wasm } = training;
  // The load is that of the minute before, so it is not the benchmark's own.
  const busy = machine.load > BUSY ? BUSY_NOTE : "";
  const why = [busy, update.tfjsCpu.why, update.tfjsWasm.why, memory.why].filter((reason) => reason !== "");
  return [
    `${machine.cpu}, ${machine.cores} cores, Node.js ${machine.node} (V8 ${machine.v8}), ${machine.platform}; load before the run ${machine.load.toFixed(2)}; the run took ${Math.round(report.seconds)} s`,
    `simulation: ${count(simulation.js)} env-steps/s as a float64 loop, ${count(simulation.wasm)} in WASM`,
    `training, a sample in every step: ${count(wasm.oneThread)} env-steps/s on one thread, ${count(wasm.twoThreads)} on two`,
    `training by default, a decision for ${wasm.byDefault.decisionInterval} steps: ${count(wasm.byDefault.oneThread)} env-steps/s on one thread, ${count(wasm.byDefault.twoThreads)} on two (${wasm.byDefault.speedup.toFixed(2)} x)`,
    ...(["webgpu", "tensorflow"] as const).map((name) => deviceLine(name, training[name])),
    `gradient: ${flops(gradient.flopsPerSecond)} of ${flops(gradient.peakFlopsPerSecond)}; the networks alone ${flops(gradient.networksFlopsPerSecond)} (${percent(wasm.networksShareOfPeak)})`,
    `update of ${update.minibatchSize} samples: ${ms(update.secondsPerUpdate)} ms here${there(" on TensorFlow.js cpu", update.tfjsCpu)}${there(" on its wasm", update.tfjsWasm)}`,
    `evaluation on ${evaluation.threads} threads: ${count(evaluation.learned)} env-steps/s learned, ${count(evaluation.fixed)} of rule ${evaluation.rule}`,
    ...compiler.map(
      ({ id, nodes, bytes, firstMs, compileMs }) =>
        `compiling ${id}: ${nodes} nodes, ${bytes} bytes of WASM, ${Math.round(firstMs)} ms the first time, ${Math.round(compileMs)} ms again`,
    ),
    ...why,
  ];
}

function deviceLine(name: string, figures: DeviceTraining): string {
  const { envStepsPerSecond, device, isSoftware, numEnvs, numSteps, dispatchesPerIteration, bytesReadBackPerIteration } =
    figures;
  if (envStepsPerSecond === null) return `training on ${name}: not measured: ${figures.why}`;
  const software = isSoftware ? "; IN SOFTWARE and small: no figure to quote" : "";
  const traffic =
    dispatchesPerIteration === null
      ? ""
      : `, ${dispatchesPerIteration} dispatches and ${bytesReadBackPerIteration} bytes read back an iteration`;
  return `training on ${name}, a sample in every step: ${count(envStepsPerSecond)} env-steps/s with ${numEnvs} environments x ${numSteps} (${device})${traffic}${software}`;
}

function there(where: string, { secondsPerUpdate, gradientDifference }: BenchReport["update"]["tfjsCpu"]): string {
  if (secondsPerUpdate === null || gradientDifference === null) return "";
  return `, ${ms(secondsPerUpdate)} ms${where} (gradients differ by ${gradientDifference.toExponential(0)})`;
}

const BEGIN = "<!-- begin of flyball bench -->";
const END = "<!-- end of flyball bench -->";

/** Whether a Markdown page has a place for the tables. */
export function hasBlock(page: string): boolean {
  return page.includes(BEGIN) && page.indexOf(END) > page.indexOf(BEGIN);
}

/** Puts the tables of a run between the two marks of a page that has them. */
export function replaceBlock(page: string, report: BenchReport): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  const block = [
    BEGIN,
    "",
    ...noteLines(report).map((line) => `- ${line}`),
    "",
    markdownTable(AIM_HEAD, aimRows(report)),
    "",
    markdownTable(PROFILE_HEAD, profileRows(report)),
    "",
  ].join("\n");
  return `${page.slice(0, from)}${block}\n${page.slice(to)}`;
}

function markdownTable(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function quantity(value: number, unit: Aim["unit"]): string {
  switch (unit) {
    case "env-steps/s":
      return `${count(value)} env-steps/s`;
    case "x":
      return `${value.toPrecision(3)} x`;
    case "s":
      return `${value.toFixed(1)} s`;
    default:
      return `${Math.round(value)} ${unit}`;
  }
}

const count = (value: number) => (value >= 1e6 ? `${(value / 1e6).toFixed(1)} M` : `${Math.round(value / 1e3)} k`);
const flops = (value: number) => `${(value / 1e9).toFixed(1)} Gflop/s`;
const ms = (seconds: number) => (1000 * seconds).toFixed(seconds < 0.1 ? 1 : 0);
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
