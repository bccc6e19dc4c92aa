import { expect, test } from "vitest";
import { planCases } from "./cases.js";
import {
  type CaseReport,
  caseTable,
  ceilingLine,
  checkLines,
  type GpuReport,
  kernelRows,
  loopLines,
  peerLines,
  targetLines,
} from "./report.js";
import type { CaseFigures } from "./training.js";

const speed = (median: number) => ({ median, low: 0.9 * median, high: 1.1 * median, windows: 10, rounds: 100 });
const figures: CaseFigures = {
  deviceBytes: 785_000_000,
  dispatchesPerIteration: 54,
  bytesReadBackPerIteration: 784,
  training: speed(40e6),
  rollout: speed(600e6),
  simulation: speed(2e9),
  flopsPerSecond: 12e12,
  flopsShareOfPeak: 0.2,
  bytesPerSecond: 1e12,
  bytesShareOfPeak: null,
  kernels: [
    { kernel: "gradient", seconds: 0.012, share: 0.75, dispatches: 16, flopsPerSecond: 15e12, bytesPerSecond: 2e12 },
    { kernel: "merge", seconds: 0.000002, share: 0.25, dispatches: 1, flopsPerSecond: null, bytesPerSecond: null },
  ],
  setupSeconds: 3,
  loop: "device",
};
const [first, second] = planCases(false);
const jax = { name: "JAX", device: "gpu: a card", envStepsPerSecond: 16e6, why: "" };
const torch = { name: "PyTorch", device: null, envStepsPerSecond: null, why: "torch is not installed" };
const cases: readonly CaseReport[] = [
  { case: first!, figures, peers: [jax, torch], why: "" },
  { case: second!, figures: null, peers: [], why: "no time: it may take 30 s, 20 s are left" },
];
const report: GpuReport = {
  ...{ format: "flyball-gpu-bench", version: 1, flyball: "0.1.0", economy: "akash-v1", date: "2026-01-02", quick: false },
  adapter: { name: "a card", driver: "1.2", isSoftware: false },
  ...{ node: "20.20.2", seconds: 60, checks: [], ceilings: null, cases, failures: [] },
};

test("a case is a row: speeds with half their spread, what was achieved of the ceilings, memory, dispatches", () => {
  const { head, rows } = caseTable(cases);
  expect(rows[0]).toHaveLength(head.length);
  expect(rows[0]).toEqual([
    ...["65,536", "2x64", "4", "40.0 M +- 10.0 %", "2.50 x", "600 M +- 10.0 %", "2.00 G +- 10.0 %"],
    ...["12.0 TFLOP/s (20.0 %)", "1.00 TB/s", "785 MB", "54", "784 B"],
  ]);
  const without = caseTable([
    { ...cases[0]!, peers: [{ ...torch, name: "JAX" }] },
    { ...cases[0]!, peers: [] },
  ]);
  expect(without.rows.map((row) => row[4])).toEqual(["not measured", ""]);
  expect(rows[1]).toEqual(["262,144", "2x64", "4", "not measured: no time: it may take 30 s, 20 s are left"]);
});

test("a rollout that the host has to go through is told", () => {
  expect(loopLines(cases)).toEqual([]);
  const byHost = [cases[1]!, { ...cases[0]!, figures: { ...figures, loop: "host" as const } }];
  expect(loopLines(byHost)).toEqual([
    "the host goes through the steps of a rollout, a dispatch or two each: slower than one dispatch in all",
  ]);
});

test("kernels come with their time, share and rates", () => {
  expect(kernelRows(figures)).toEqual([
    ["gradient", "12000.0", "75.0 %", "16", "15.0 TFLOP/s", "2.00 TB/s"],
    ["merge", "2.0", "25.0 %", "1", "", ""],
  ]);
});

test("a peer's line has the ratio, or why there is none", () => {
  expect(peerLines(cases)).toEqual([
    "JAX at 65,536 environments: 16.0 M env-steps/s on gpu: a card; flyball / JAX = 2.50",
    "PyTorch at 65,536 environments: not measured: torch is not installed",
  ]);
});

test("a peer that runs on the CPU says so, and is no rival for the target", () => {
  const onCpu = { ...jax, device: "cpu: cpu" };
  const beside = [{ ...cases[0]!, peers: [onCpu] }];
  expect(peerLines(beside)[0]).toContain("on cpu: cpu (not on a GPU)");
  expect(targetLines({ ...report, cases: beside }).at(-1)).toContain("not measured");
});

test("targets are met, missed or open", () => {
  expect(targetLines(report)).toEqual([
    "whole PPO, 4 epochs, 2x64: 40.0 M, target 50.0 M: missed",
    "rollout only, 2x64: 600 M, target 500 M: met",
    "whole PPO over the JAX peer: 2.50 x, target 2.00 x: met",
  ]);
  expect(targetLines({ ...report, cases: [{ ...cases[0]!, peers: [torch] }] }).at(-1)).toBe(
    "whole PPO over the JAX peer: not measured, target 2.00 x",
  );
});

test("a software adapter and a quick run are held against no target", () => {
  expect(targetLines({ ...report, adapter: { ...report.adapter, isSoftware: true } })).toEqual([]);
  expect(targetLines({ ...report, quick: true })).toEqual([]);
});

test("checks and ceilings say what was found", () => {
  const check = { what: "weights", found: "2e-4", allowed: "<= 1e-5", passed: false };
  expect(checkLines([check, { ...check, passed: true }])).toEqual([
    "FAILED weights: 2e-4 (allowed <= 1e-5)",
    "ok     weights: 2e-4 (allowed <= 1e-5)",
  ]);
  expect(ceilingLine({ flopsPerSecond: speed(60e12), bytesPerSecond: speed(4e12) })).toBe(
    "ceilings of the card: 60.0 TFLOP/s of float32 multiply-adds, 4.00 TB/s copied in its memory",
  );
  expect(ceilingLine(null)).toBe("ceilings of the card: not measured");
});
