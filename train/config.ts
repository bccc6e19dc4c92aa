import { z } from "zod";
import { UserError } from "../core/errors.js";
import { suggest } from "../core/nearest.js";

/** Lanes come in chunks of this many, so that chunks of work are the same for every number of threads. */
const LANE_CHUNK = 64;

/** Steps in one rollout, at most: keeps the rollout's memory below about 1 GiB for observations of 16 numbers. */
const LARGEST_BATCH = 16_777_216;

const whole = (low: number, high: number) => z.int().min(low).max(high);
const real = (low: number, high: number) => z.number().min(low).max(high);
const positive = (high: number) => z.number().gt(0).max(high);

/** The whole configuration of a training run; names are CleanRL's. Each line is key, range, default and meaning. */
const SCHEMA = z.strictObject({
  seed: whole(0, 4_294_967_295).default(1).describe("seed of weights, markets, exploration and minibatches"),
  totalSteps: whole(1, 1e12).default(50_000_000).describe("env-steps in all; rounded up to whole rollouts"),
  numEnvs: whole(LANE_CHUNK, 262_144).default(4096).describe("lanes, each a world of its own; a multiple of 64"),
  numSteps: whole(1, 4096).default(16).describe("decisions of each lane in a rollout"),
  decisionInterval: whole(1, 365)
    .default(7)
    .describe("control steps that a decision holds for, in training and in use; the breakers act in every step"),
  polishShare: real(0, 0.9)
    .default(0.6)
    .describe(
      "share of totalSteps that polishes the policy's last layer at the end, without noise; needs a totalSteps of 25 million or so on akash",
    ),
  polishInterval: whole(1, 365).default(1).describe("control steps that a decision of the polished policy holds for"),
  updateEpochs: whole(1, 100).default(4).describe("passes over each rollout"),
  numMinibatches: whole(1, 65_536)
    .default(4)
    .describe("minibatches in a pass; must divide numEnvs * numSteps into multiples of 64"),
  marketGroup: z
    .literal([1, 2, 4, 8, 16, 32, 64])
    .default(64)
    .describe("neighbouring lanes that share markets, so that the shocks cancel in the advantages; 1 is plain PPO"),
  noiseHold: whole(1, 1024)
    .default(1)
    .describe("decisions for which a draw of exploration noise is held; 1 draws anew for every decision"),
  gamma: real(0, 1).default(0.995).describe("discount per control step"),
  gaeLambda: real(0, 1).default(0.95).describe("lambda of generalised advantage estimation"),
  learningRate: positive(1).default(2e-3).describe("Adam's step size at the start"),
  annealLearningRate: z.boolean().default(true).describe("lower the learning rate linearly to 0 over totalSteps"),
  clipCoef: positive(10).default(0.2).describe("clipping range of the probability ratio"),
  clipValueLoss: z.boolean().default(false).describe("clip the value loss by clipCoef too"),
  normalizeAdvantage: z.boolean().default(true).describe("scale advantages to mean 0 and deviation 1 in each minibatch"),
  entCoef: real(0, 10).default(0).describe("weight of the entropy bonus"),
  boundCoef: real(0, 1000)
    .default(0.1)
    .describe("weight of the penalty on policy means beyond the action's band, where samples teach nothing"),
  vfCoef: real(0, 100).default(0.5).describe("weight of the value loss"),
  maxGradNorm: positive(1e6).default(0.5).describe("largest norm of the whole gradient; longer ones are scaled down"),
  targetKl: positive(100)
    .nullable()
    .default(null)
    .describe("stop a rollout's passes above this approximate KL; off by default"),
  normalizeObservation: z.boolean().default(true).describe("scale observations by their running mean and deviation"),
  normalizeReward: z.boolean().default(true).describe("scale rewards by the running deviation of the discounted return"),
  centerReward: z
    .boolean()
    .default(true)
    .describe("subtract the running mean of the reward: for worlds that go on, where an early end must not pay"),
  clipReward: positive(1e6)
    .default(0.3)
    .describe("largest scaled reward of a step: rarer and harder blows would drown what all other days teach"),
  hidden: z.array(whole(1, 512)).min(1).max(8).default([64, 64]).describe("widths of the hidden layers, actor and critic each"),
  activation: z.enum(["tanh", "relu"]).default("tanh").describe("activation of the hidden layers"),
  logStdInit: real(-10, 2).default(-0.5).describe("log of the exploration's deviation at the start, in -1..1 action units"),
  adamEpsilon: positive(1).default(1e-5).describe("Adam's epsilon"),
  objective: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe("weight preset of the objective; the economy's first by default"),
  horizon: whole(1, 100_000).nullable().default(null).describe("control steps of an episode; the economy's own by default"),
  device: z
    .enum(["auto", "wasm", "webgpu", "tensorflow"])
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
});

export type TrainConfig = z.infer<typeof SCHEMA>;

/** A setting as `--help` and the documentation show it. */
export interface Setting {
  readonly key: string;
  readonly fallback: unknown;
  /** In words: `a number > 0 and <= 1, or off`. */
  readonly allowed: string;
  readonly doc: string;
}

interface SchemaNode {
  readonly type?: string;
  readonly anyOf?: readonly SchemaNode[];
  readonly enum?: readonly (string | number)[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly items?: SchemaNode;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly default?: unknown;
  readonly description?: string;
}

/** JSON Schema of config.json's `config` member. */
export const CONFIG_JSON_SCHEMA = z.toJSONSchema(SCHEMA, { io: "input" });

const NODES = (CONFIG_JSON_SCHEMA as { readonly properties: Readonly<Record<string, SchemaNode>> }).properties;

export const CONFIG_KEYS: readonly string[] = Object.keys(NODES);

export function listSettings(): readonly Setting[] {
  return Object.entries(NODES).map(([key, node]) => ({
    key,
    fallback: node.default,
    allowed: allowedText(node),
    doc: node.description ?? "",
  }));
}

function allowedText(node: SchemaNode): string {
  if (node.anyOf) return node.anyOf.map((part) => (part.type === "null" ? "off" : allowedText(part))).join(", or ");
  if (node.enum) return node.enum.join(" or ");
  if (node.type === "array") return `${node.minItems} to ${node.maxItems} of ${allowedText(node.items ?? {})}, as in 64,64`;
  if (node.type === "boolean") return "true or false";
  if (node.type === "string") return "a name";
  const low = node.exclusiveMinimum === undefined ? `>= ${node.minimum}` : `> ${node.exclusiveMinimum}`;
  return `a ${node.type === "integer" ? "whole number" : "number"} ${low} and <= ${node.maximum}`;
}

/**
 * The one way from loose input (a JSON file, options) to a configuration: fills defaults, checks names, types, ranges and
 * what the settings ask of one another.
 * @throws UserError `E_CONFIG_KEY`, `E_CONFIG_VALUE` or `E_CONFIG_CROSS`
 */
export function parseConfig(loose: unknown): TrainConfig {
  const parsed = SCHEMA.safeParse(loose);
  if (!parsed.success) throw explain(parsed.error.issues[0]!, loose);
  checkCross(parsed.data);
  return parsed.data;
}

function explain(issue: z.core.$ZodIssue, loose: unknown): UserError {
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0] ?? "";
    return new UserError("E_CONFIG_KEY", `unknown setting "${key}"`, suggest(key, CONFIG_KEYS));
  }
  const key = String(issue.path[0] ?? "");
  const node = NODES[key];
  if (!node) {
    const message = `the configuration must be an object of settings, got ${describeValue(loose)}`;
    return new UserError("E_CONFIG_VALUE", message, 'write it like {"learningRate": 0.0003, "hidden": [64, 64]}');
  }
  const value = (loose as Readonly<Record<string, unknown>>)[key];
  return new UserError(
    "E_CONFIG_VALUE",
    `${key} must be ${allowedText(node)}, got ${describeValue(value)}`,
    `${key}: ${node.description}`,
  );
}

function describeValue(value: unknown): string {
  if (typeof value === "number" || value === undefined) return String(value);
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function checkCross(config: TrainConfig): void {
  const { numEnvs, numSteps, numMinibatches } = config;
  const batch = numEnvs * numSteps;
  const cross = (message: string, hint: string) => new UserError("E_CONFIG_CROSS", message, hint);
  if (numEnvs % LANE_CHUNK !== 0) {
    const below = Math.max(LANE_CHUNK, Math.floor(numEnvs / LANE_CHUNK) * LANE_CHUNK);
    throw cross(`numEnvs must be a multiple of ${LANE_CHUNK}, got ${numEnvs}`, `use ${below} or ${below + LANE_CHUNK}`);
  }
  if (batch > LARGEST_BATCH) {
    const message = `numEnvs * numSteps must be at most ${LARGEST_BATCH}, got ${numEnvs} * ${numSteps} = ${batch}`;
    throw cross(message, `with ${numEnvs} lanes use numSteps ${Math.floor(LARGEST_BATCH / numEnvs)} or less`);
  }
  if (batch % (numMinibatches * LANE_CHUNK) !== 0) {
    const message = `numEnvs * numSteps / numMinibatches must be a multiple of ${LANE_CHUNK}, got ${numEnvs} * ${numSteps} / ${numMinibatches} = ${batch / numMinibatches}`;
    throw cross(message, `use numMinibatches ${nearestDivisor(batch / LANE_CHUNK, numMinibatches)}`);
  }
}

/** The divisor of `total` nearest to `wanted`. */
function nearestDivisor(total: number, wanted: number): number {
  for (let distance = 0; distance < wanted; distance++) {
    if (total % (wanted - distance) === 0) return wanted - distance;
    if (total % (wanted + distance) === 0) return wanted + distance;
  }
  return 1;
}

/**
 * Reads `key=value` as the schema types it: numbers, true or false, names, `64,64` for lists and `off` for null.
 * @throws UserError `E_CONFIG_SET` or `E_CONFIG_KEY`; ranges are checked later, by {@link parseConfig}
 */
export function parseSetting(text: string): { readonly key: string; readonly value: unknown } {
  const equals = text.indexOf("=");
  if (equals < 1) {
    throw new UserError("E_CONFIG_SET", `--set needs key=value, got "${text}"`, "for example --set learningRate=0.001");
  }
  const key = text.slice(0, equals).trim();
  const node = NODES[key];
  if (!node) throw new UserError("E_CONFIG_KEY", `unknown setting "${key}"`, suggest(key, CONFIG_KEYS));
  return { key, value: readAs(node, text.slice(equals + 1).trim()) };
}

/** The typed value, or the text itself where it does not fit the type: then parseConfig says what is allowed. */
function readAs(node: SchemaNode, text: string): unknown {
  if (node.anyOf) return text === "off" || text === "null" ? null : readAs(node.anyOf[0]!, text);
  if (node.type === "boolean") return text === "true" ? true : text === "false" ? false : text;
  if (node.type === "string") return text;
  if (node.type === "array")
    return text
      .replace(/^\[|\]$/g, "")
      .split(",")
      .map((part) => readAs(node.items!, part.trim()));
  const number = Number(text.replaceAll("_", ""));
  return text === "" || Number.isNaN(number) ? text : number;
}
