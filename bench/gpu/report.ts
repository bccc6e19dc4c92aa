import { describeBytes } from "../../core/bytes.js";
import type { Speed } from "../in-flight.js";
import { type GpuCase, netName } from "./cases.js";
import type { Ceilings } from "./ceilings.js";
import type { Check } from "./correctness.js";
import type { PeerSpeed } from "./peers.js";
import type { CaseFigures } from "./training.js";

/** The document of the GPU bench, version 1. Speeds are env-steps a second unless they say otherwise. */
export interface GpuReport {
  readonly format: "flyball-gpu-bench";
  readonly version: 1;
  readonly flyball: string;
  readonly economy: string;
  readonly date: string;
  /** Small sizes, for tests: not figures to quote. */
  readonly quick: boolean;
  readonly adapter: Adapter;
  readonly node: string;
  readonly seconds: number;
  readonly checks: readonly Check[];
  readonly ceilings: Ceilings | null;
  readonly cases: readonly CaseReport[];
  /** What else went wrong. */
  readonly failures: readonly string[];
}

interface Adapter {
  readonly name: string;
  /** The vendor's word for card and driver, where there is one. */
  readonly driver: string;
  /** The CPU computes: nothing here says how fast a GPU is. */
  readonly isSoftware: boolean;
}

export interface CaseReport {
  readonly case: GpuCase;
  /** Null where it was not measured. */
  readonly figures: CaseFigures | null;
  readonly peers: readonly PeerSpeed[];
  /** Why there are no figures; empty when there are. */
  readonly why: string;
}

export const SOFTWARE_NOTE = "THE CPU COMPUTES IN PLACE OF A GPU: nothing below is a measure of GPU speed";

const HEAD = [
  "environments",
  "nets",
  "epochs",
  "PPO",
  "over JAX",
  "rollout",
  "simulation",
  "networks",
  "memory traffic",
  "device memory",
  "dispatches",
  "read back",
];

/** One row a case; speeds in env-steps a second, median and half the spread between the slowest and the fastest window. */
export function caseTable(cases: readonly CaseReport[]): { readonly head: readonly string[]; readonly rows: string[][] } {
  const rows = cases.map(({ case: sizes, figures, peers, why }) => {
    const first = [sizes.numEnvs.toLocaleString("en-US"), netName(sizes.hidden), String(sizes.updateEpochs)];
    if (!figures) return [...first, `not measured: ${why}`];
    return [
      ...first,
      speed(figures.training),
      overJax(figures, peers),
      ...[figures.rollout, figures.simulation].map(speed),
      `${flops(figures.flopsPerSecond)}${ofPeak(figures.flopsShareOfPeak)}`,
      `${bytesRate(figures.bytesPerSecond)}${ofPeak(figures.bytesShareOfPeak)}`,
      describeBytes(figures.deviceBytes),
      String(figures.dispatchesPerIteration),
      `${figures.bytesReadBackPerIteration} B`,
    ];
  });
  return { head: HEAD, rows };
}

/** Empty where no peer was to be measured. */
function overJax({ training }: CaseFigures, peers: readonly PeerSpeed[]): string {
  const jax = peers.find(({ name }) => name === "JAX");
  if (!jax) return "";
  return jax.envStepsPerSecond === null ? "not measured" : `${(training.median / jax.envStepsPerSecond).toFixed(2)} x`;
}

export const KERNEL_HEAD: readonly string[] = ["kernel", "us", "share", "dispatches", "networks", "memory traffic"];

/** Kernels of an iteration, longest first. */
export function kernelRows({ kernels }: CaseFigures): string[][] {
  return kernels.map(({ kernel, seconds, share, dispatches, flopsPerSecond, bytesPerSecond }) => [
    kernel,
    (1e6 * seconds).toFixed(1),
    percent(share),
    String(dispatches),
    flopsPerSecond === null ? "" : flops(flopsPerSecond),
    bytesPerSecond === null ? "" : bytesRate(bytesPerSecond),
  ]);
}

/** A rollout is one dispatch wherever the driver's compiler gets through it. */
export function loopLines(cases: readonly CaseReport[]): string[] {
  const isByHost = cases.some(({ figures }) => figures?.loop === "host");
  return isByHost
    ? ["the host goes through the steps of a rollout, a dispatch or two each: slower than one dispatch in all"]
    : [];
}

/** Our speed over each peer's at the same sizes. */
export function peerLines(cases: readonly CaseReport[]): string[] {
  return cases.flatMap(({ case: { numEnvs }, figures, peers }) =>
    peers.map(({ name, device, envStepsPerSecond, why }) => {
      const what = `${name} at ${numEnvs.toLocaleString("en-US")} environments`;
      if (envStepsPerSecond === null) return `${what}: not measured: ${why}`;
      const ratio = figures === null ? "" : `; flyball / ${name} = ${(figures.training.median / envStepsPerSecond).toFixed(2)}`;
      const note = isOnCard(device) ? "" : " (not on a GPU)";
      return `${what}: ${count(envStepsPerSecond)} env-steps/s on ${device}${note}${ratio}`;
    }),
  );
}

/** A peer without CUDA of its own runs beside the card. */
const isOnCard = (device: string | null): boolean => device !== null && !/^cpu/i.test(device);

export function checkLines(checks: readonly Check[]): string[] {
  return checks.map(
    ({ what, found, allowed, passed }) => `${passed ? "ok    " : "FAILED"} ${what}: ${found} (allowed ${allowed})`,
  );
}

export function ceilingLine(ceilings: Ceilings | null): string {
  if (!ceilings) return "ceilings of the card: not measured";
  const { flopsPerSecond, bytesPerSecond } = ceilings;
  return `ceilings of the card: ${flops(flopsPerSecond.median)} of float32 multiply-adds, ${bytesRate(bytesPerSecond.median)} copied in its memory`;
}

const TARGET = { training: 50e6, rollout: 500e6, overJax: 2 } as const;

/** The best of the cases that the targets are set for (4 epochs, two nets of 2x64), beside the targets. Empty in software. */
export function targetLines({ adapter, quick, cases }: GpuReport): string[] {
  if (adapter.isSoftware || quick) return [];
  const meant = cases.filter(({ case: { hidden, updateEpochs } }) => updateEpochs === 4 && netName(hidden) === "2x64");
  const best = (pick: (figures: CaseFigures) => Speed) =>
    Math.max(...meant.flatMap(({ figures }) => (figures ? [pick(figures).median] : [])));
  const ratios = meant.flatMap(({ figures, peers }) =>
    peers.flatMap(({ name, device, envStepsPerSecond }) =>
      name === "JAX" && isOnCard(device) && envStepsPerSecond !== null && figures
        ? [figures.training.median / envStepsPerSecond]
        : [],
    ),
  );
  const line = (what: string, measured: number, target: number, unit: (value: number) => string) =>
    Number.isFinite(measured)
      ? `${what}: ${unit(measured)}, target ${unit(target)}: ${measured >= target ? "met" : "missed"}`
      : `${what}: not measured, target ${unit(target)}`;
  return [
    line(
      "whole PPO, 4 epochs, 2x64",
      best(({ training }) => training),
      TARGET.training,
      count,
    ),
    line(
      "rollout only, 2x64",
      best(({ rollout }) => rollout),
      TARGET.rollout,
      count,
    ),
    line("whole PPO over the JAX peer", Math.min(...ratios), TARGET.overJax, (value) => `${value.toFixed(2)} x`),
  ];
}

function speed({ median, low, high }: Speed): string {
  return `${count(median)} +- ${percent((high - low) / 2 / median)}`;
}

const ofPeak = (share: number | null): string => (share === null ? "" : ` (${percent(share)})`);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const flops = (value: number): string => (value >= 1e12 ? `${(value / 1e12).toFixed(1)} TFLOP/s` : `${scaled(value)}FLOP/s`);
const bytesRate = (value: number): string => `${scaled(value)}B/s`;
const count = (value: number): string => scaled(value).trimEnd();

function scaled(value: number): string {
  const [size, prefix] = (
    [
      [1e12, "T"],
      [1e9, "G"],
      [1e6, "M"],
      [1e3, "k"],
    ] as const
  ).find(([least]) => value >= least) ?? [1, ""];
  return `${(value / size).toPrecision(3)} ${prefix}`;
}
