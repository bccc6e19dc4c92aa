import { z } from "zod";

/** The document of `flyball bench --json`, version 1. Speeds are env-steps per second unless they say otherwise. */

export const BENCH_FORMAT = "flyball-bench";
export const BENCH_VERSION = 1;

const speed = z.number().positive();
const share = z.number().nonnegative();

const tfjs = z.object({
  secondsPerUpdate: z.number().positive().nullable(),
  ratio: z.number().positive().nullable().describe("time of the update there over time here"),
  gradientDifference: share.nullable().describe("relative L2 distance of the gradients of the same minibatch"),
  why: z.string().describe("why there is no figure; empty when there is"),
});

const threads = {
  oneThread: speed.describe("of the whole loop, median over windows"),
  twoThreads: speed,
  speedup: z.number().positive().describe("shortest iteration on one thread over the shortest on two"),
};

const wasmTraining = z.object({
  envStepsPerSecond: speed.describe(
    "with a decision, and so a training sample, in every step; the better of one and two threads",
  ),
  ...threads,
  byDefault: z
    .object({ decisionInterval: z.int().positive(), ...threads })
    .describe("with the default configuration, in which a decision holds for decisionInterval steps"),
  gradientShareOfPeak: share.describe("gather, loss and sums included"),
  networksShareOfPeak: share.describe("forward and backward passes alone"),
  vsTfjsCpu: z.number().positive().nullable(),
  vsTfjsWasm: z.number().positive().nullable(),
  dispatchesPerIteration: z.null().describe("the CPU has none"),
  bytesReadBackPerIteration: z.literal(0).describe("everything lies in the host's memory"),
});

const size = z.int().positive().nullable();

const deviceTraining = z.object({
  envStepsPerSecond: speed
    .nullable()
    .describe("with a decision, and so a training sample, in every step; null where it was not measured"),
  dispatchesPerIteration: size.describe("null where the device does not count them"),
  bytesReadBackPerIteration: size.describe("from the device to the host; null where the device does not count them"),
  device: z.string().nullable().describe("what computed"),
  isSoftware: z
    .boolean()
    .nullable()
    .describe("the CPU in place of a GPU, or plain JavaScript: small sizes, no figure to quote"),
  numEnvs: size,
  numSteps: size,
  why: z.string().describe("why there is no figure; empty when there is"),
});

export const benchSchema = z.object({
  format: z.literal(BENCH_FORMAT),
  version: z.literal(BENCH_VERSION),
  flyball: z.string(),
  economy: z.string().describe("versioned id"),
  quick: z.boolean().describe("small sizes, for tests: not figures to quote"),
  seconds: z.number().positive().describe("the whole benchmark took"),
  machine: z.object({
    cpu: z.string(),
    cores: z.int().positive(),
    memoryBytes: z.number().positive(),
    platform: z.string(),
    node: z.string(),
    v8: z.string(),
    load: z.number().nonnegative().describe("processes that wanted a core in the minute before"),
  }),
  simulation: z.object({
    js: speed.describe("float64 loop, one core"),
    wasm: speed.describe("f32x4, one core"),
    ratio: z.number().positive(),
  }),
  training: z.object({ wasm: wasmTraining, webgpu: deviceTraining, tensorflow: deviceTraining }),
  gradient: z.object({
    peakFlopsPerSecond: z.number().positive().describe("f32x4 multiply-adds in registers, one core"),
    flopsPerSecond: z.number().positive(),
    networksFlopsPerSecond: z.number().positive(),
    flopsPerSample: z.int().positive(),
  }),
  update: z.object({
    minibatchSize: z.int().positive(),
    secondsPerUpdate: z.number().positive().describe("here, one thread"),
    tfjsCpu: tfjs,
    tfjsWasm: tfjs,
  }),
  profile: z.object({
    iterationSeconds: z.number().positive().describe("shortest of many, one thread, default configuration"),
    parts: z.array(
      z.object({
        phase: z.enum(["rollout", "advantages", "update", "host"]),
        part: z.string(),
        seconds: z.number().nonnegative(),
        share: share.describe("of the iteration"),
      }),
    ),
  }),
  evaluation: z.object({
    episodes: z.int().positive(),
    days: z.int().positive(),
    threads: z.int().positive(),
    rule: z.string(),
    learned10kEpisodesSeconds: z.number().positive().nullable().describe("null where fewer episodes were simulated"),
    rule10kEpisodesSeconds: z.number().positive().nullable(),
    learned: speed,
    fixed: speed,
  }),
  memory: z.object({
    lanes4096Bytes: z.number().positive().nullable().describe("the learner's shared memory"),
    rssBytes: z.number().positive().nullable().describe("largest resident set of a process that trains"),
    why: z.string().describe("why there is no figure; empty when there is"),
  }),
  compiler: z.array(
    z.object({
      id: z.string(),
      firstMs: z.number().positive(),
      compileMs: z.number().positive(),
      nodes: z.int().positive(),
      bytes: z.int().positive(),
    }),
  ),
  aims: z.array(
    z.object({
      what: z.string(),
      unit: z.string(),
      measured: z.number().nullable(),
      aim: z.number(),
      kind: z.enum(["at least", "at most"]),
      met: z.boolean().nullable().describe("null where nothing was measured"),
    }),
  ),
});

export type BenchReport = z.infer<typeof benchSchema>;
export type DeviceTraining = z.infer<typeof deviceTraining>;
export type Aim = BenchReport["aims"][number];

/** JSON Schema (draft 2020-12) of the document. */
export function benchJsonSchema(): Record<string, unknown> {
  return { $id: "flyball-bench-1", title: "Flyball benchmark", ...z.toJSONSchema(benchSchema) };
}
