import { z } from "zod";
import { TRAIN_DEVICES } from "../../models/devices.js";

export const whole = (low: number, high: number) => z.int().min(low).max(high);
export const real = (low: number, high: number) => z.number().min(low).max(high);
export const positive = (high: number) => z.number().gt(0).max(high);

/** Settings of a run whatever its algorithm. Each line is key, range, default and meaning. */
export const COMMON_SETTINGS = {
  seed: whole(0, 4_294_967_295).default(1).describe("seed of weights, markets, exploration and minibatches"),
  totalSteps: whole(1, 1e12).default(50_000_000).describe("env-steps in all; rounded up to whole rollouts"),
  decisionInterval: whole(1, 365)
    .default(7)
    .describe("control steps that a decision holds for, in training and in use; the breakers act in every step"),
  normalizeObservation: z.boolean().default(true).describe("scale observations by their running mean and deviation"),
  hidden: z.array(whole(1, 512)).min(1).max(8).default([64, 64]).describe("widths of the hidden layers, actor and critic each"),
  activation: z.enum(["tanh", "relu"]).default("tanh").describe("activation of the hidden layers"),
  objective: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe("weight preset of the objective; the economy's first by default"),
  horizon: whole(1, 100_000).nullable().default(null).describe("control steps of an episode; the economy's own by default"),
  device: z
    .enum(["auto", ...TRAIN_DEVICES])
    .default("auto")
    .describe(
      "where to train; webgpu is a GPU by its own kernels, tensorflow the fastest TensorFlow.js package that works, auto the fastest device in a short trial",
    ),
  threads: whole(1, 64)
    .nullable()
    .default(null)
    .describe("worker threads; by default one per core. Does not change the result"),
  relaxed: z
    .boolean()
    .default(false)
    .describe("relaxed SIMD: faster where the CPU fuses multiply and add, not bit-identical across CPUs"),
  checkpointEvery: whole(1, 1_000_000).default(20).describe("updates between checkpoints"),
  evalEvery: whole(0, 1_000_000)
    .default(0)
    .describe(
      "updates between evaluations of the deterministic policy on fixed selection markets, scenario by scenario, which keep the best in best.bin; 0 is none",
    ),
  evalEpisodes: whole(2, 100_000)
    .default(256)
    .describe("episodes of each scenario in an evaluation, on the same markets every time"),
  scenarioLoss: real(0, 1e6)
    .default(0.0025)
    .describe(
      "of a policy with a base: most that it may visibly lose on average in a scenario of an evaluation and still count as better, where there are no more trips and drawdowns of 70 % either",
    ),
  earlyStop: whole(0, 1_000_000)
    .default(0)
    .describe("evaluations in a row without a new best after which learning stops; needs evalEvery; 0 is never"),
} as const;

export type CommonSettings = Readonly<z.infer<z.ZodObject<typeof COMMON_SETTINGS>>>;

/** Settings of a run: the common ones, the algorithm's name and its own. */
export type RunSettings = CommonSettings & { readonly algorithm: string } & Readonly<Record<string, unknown>>;
