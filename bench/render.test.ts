import { expect, test } from "vitest";
import { compareWithAims } from "./aims.js";
import { notMeasured } from "./devices.js";
import { aimRows, noteLines, profileRows, replaceBlock } from "./render.js";
import type { BenchReport } from "./schema.js";

const tfjs = { secondsPerUpdate: null, ratio: null, gradientDifference: null, why: "TensorFlow.js is not there" };
const threads = { oneThread: 90_000, twoThreads: 120_000, speedup: 1.4 };
const measured: Omit<BenchReport, "aims"> = {
  format: "flyball-bench",
  version: 1,
  flyball: "0.1.0",
  economy: "akash-v1",
  quick: false,
  seconds: 40,
  machine: { cpu: "a processor", cores: 2, memoryBytes: 1e9, platform: "linux-x64", node: "20.20.2", v8: "11.3", load: 3 },
  simulation: { js: 2e6, wasm: 14e6, ratio: 7 },
  training: {
    wasm: {
      envStepsPerSecond: 120_000,
      ...threads,
      byDefault: { decisionInterval: 7, ...threads },
      gradientShareOfPeak: 0.85,
      networksShareOfPeak: 0.9,
      vsTfjsCpu: null,
      vsTfjsWasm: null,
      dispatchesPerIteration: null,
      bytesReadBackPerIteration: 0,
    },
    webgpu: {
      envStepsPerSecond: 3e6,
      dispatchesPerIteration: 54,
      bytesReadBackPerIteration: 784,
      device: "webgpu: a card",
      isSoftware: false,
      numEnvs: 65_536,
      numSteps: 16,
      why: "",
    },
    tensorflow: notMeasured("no native package works here"),
  },
  gradient: { peakFlopsPerSecond: 40e9, flopsPerSecond: 34e9, networksFlopsPerSecond: 36e9, flopsPerSample: 60_000 },
  update: { minibatchSize: 2048, secondsPerUpdate: 0.004, tfjsCpu: tfjs, tfjsWasm: tfjs },
  profile: {
    iterationSeconds: 0.1,
    parts: [
      { phase: "update", part: "networks backward", seconds: 0.0999, share: 0.999 },
      { phase: "update", part: "loss", seconds: 0.00006, share: 0.0006 },
      { phase: "host", part: "between the calls", seconds: 0.00004, share: 0.0004 },
    ],
  },
  evaluation: {
    episodes: 10_000,
    days: 365,
    threads: 2,
    rule: "akash-bme",
    learned10kEpisodesSeconds: 3,
    rule10kEpisodesSeconds: 2.5,
    learned: 1.2e6,
    fixed: 1.5e6,
  },
  memory: { lanes4096Bytes: 40e6, rssBytes: 2 ** 27, why: "" },
  compiler: [{ id: "akash-v1", firstMs: 150, compileMs: 90, nodes: 1400, bytes: 30_000 }],
};
const report: BenchReport = { ...measured, aims: compareWithAims(measured) };

test("an aim is met, missed, or open where nothing was measured", () => {
  const rows = new Map(aimRows(report).map(([what, ...rest]) => [what, rest]));
  expect(rows.get("gradient, share of the probed f32x4 peak")).toEqual(["85 %", ">= 70 %", "met"]);
  expect(rows.get("whole PPO loop, two threads over one")).toEqual(["1.40 x", ">= 1.70 x", "missed"]);
  expect(rows.get("10,000 episodes of a fixed rule, two threads")).toEqual(["2.5 s", "<= 2.0 s", "missed"]);
  expect(rows.get("update, TensorFlow.js cpu over flyball")).toEqual(["not measured", ">= 40.0 x", ""]);
  expect(rows.get("memory of training with 4,096 lanes")).toEqual(["128 MiB", "<= 1024 MiB", "met"]);
});

test("the aim of the simulation depends on the economy: a step of bittensor has 8 subnets in it", () => {
  const speed = 3e6;
  const of = (economy: string) => {
    const aims = compareWithAims({ ...measured, economy, simulation: { js: 5e5, wasm: speed, ratio: 6 } });
    return aims.filter(({ unit, measured }) => unit === "env-steps/s" && measured === speed).map(({ aim, met }) => [aim, met]);
  };
  for (const id of ["akash-v1", "render-v1", "worldcoin-v1+spac"]) expect(of(id)).toEqual([[8e6, false]]);
  for (const id of ["bittensor-v1", "bittensor-v1@2", "bittensor-v1+spac"]) expect(of(id)).toEqual([[2e6, true]]);
  expect(of("bittensor-v1@16")).toEqual([]);
});

test("small parts of the profile are added up", () => {
  expect(profileRows(report)).toEqual([
    ["update", "networks backward", "99.9", "99.9 %"],
    ["all", "2 smaller parts", "0.1", "0.1 %"],
    ["all", "whole iteration", "100", "100.0 %"],
  ]);
});

test("the notes say why a figure is missing and that the machine was busy", () => {
  expect(noteLines(report)).toContain("TensorFlow.js is not there");
  expect(noteLines(report).some((line) => line.startsWith("the machine was busy"))).toBe(true);
  const idle = { ...report, machine: { ...report.machine, load: 0.1 } };
  expect(noteLines(idle).some((line) => line.startsWith("the machine was busy"))).toBe(false);
});

test("the notes have a line for each device: its speed, what it moves, whether the CPU computes, or why it was not measured", () => {
  const notes = noteLines(report);
  expect(notes).toContain(
    "training on webgpu, a sample in every step: 3.0 M env-steps/s with 65536 environments x 16 (webgpu: a card), 54 dispatches and 784 bytes read back an iteration",
  );
  expect(notes).toContain("training on tensorflow: not measured: no native package works here");
  const { training } = report;
  const inSoftware = { ...report, training: { ...training, webgpu: { ...training.webgpu, isSoftware: true } } };
  expect(noteLines(inSoftware).find((line) => line.startsWith("training on webgpu"))).toContain("IN SOFTWARE");
});

test("a page is rewritten between the marks only, again and again", () => {
  const page = "# title\n\n<!-- begin of flyball bench -->\n\n<!-- end of flyball bench -->\n\ntext\n";
  const once = replaceBlock(page, report);
  expect(once).toMatch(/^# title\n\n<!-- begin of flyball bench -->\n\n- a processor, 2 cores/);
  expect(once).toMatch(/\n<!-- end of flyball bench -->\n\ntext\n$/);
  expect(replaceBlock(once, report)).toBe(once);
});
