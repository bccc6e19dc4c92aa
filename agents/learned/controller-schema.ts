import { z } from "zod";
import { LIMITS } from "../../env/breakers/limits.js";

export const CONTROLLER_FORMAT = "flyball-controller";
export const CONTROLLER_VERSION = 4;
export const MIN_PAIRS = 16;
export const MAX_PAIRS = 4096;

const finite = z.number();
const width = z.int().min(1).max(512);
const named = { name: z.string().min(1), unit: z.string().min(1), low: finite, high: finite, doc: z.string() };
const layer = z.strictObject({ inputs: width, outputs: width, weights: z.base64(), biases: z.base64() });
const pair = z.strictObject({ observation: z.array(finite), action: z.array(finite) });
const control = z.strictObject({ ...named, maxMove: z.number().gt(0), start: finite });
/** Those of an optional breaker are there only where it takes part. */
const limits = z.strictObject(
  Object.fromEntries(
    Object.entries(LIMITS).map(([name, { low, high, breaker }]) => {
      const limit = z.number().min(low).max(high);
      return [name, breaker.optional ? limit.optional() : limit];
    }),
  ),
);

const group = z.strictObject({
  name: z.string().min(1),
  size: z.int().min(1).max(512),
  observations: z.array(z.string().min(1)).min(1).max(64),
  actions: z.array(z.string().min(1)).max(64),
});

/** Version 1 of the file, without `format`, `version` and `sha256`, which are checked first. */
export const body1 = z.strictObject({
  economy: z.string().min(1),
  paramsHash: z.string().min(1),
  objective: z.strictObject({ name: z.string().min(1), weights: z.record(z.string(), finite) }),
  observations: z
    .array(z.strictObject({ ...named, onChain: z.string() }))
    .min(1)
    .max(512),
  actions: z.union([z.array(control).min(1).max(512), z.strictObject({ count: z.int().min(2).max(512) })]),
  normalizer: z.strictObject({ mean: z.array(finite), scale: z.array(z.number().min(0)), clip: z.number().gt(0) }),
  network: z.strictObject({ activation: z.enum(["tanh", "relu"]), layers: z.array(layer).min(1).max(9) }),
  limits,
  decisionInterval: z.int().min(1).max(365),
  delays: z.strictObject({ observation: z.int().min(0).max(8), action: z.int().min(0).max(8) }),
  provenance: z.strictObject({
    seed: finite,
    envSteps: finite,
    configHash: z.string(),
    flyball: z.string(),
    node: z.string(),
    platform: z.string(),
  }),
  selfTest: z.array(pair).min(MIN_PAIRS).max(MAX_PAIRS),
});

/** Version 2 says what a control step and a base unit are, and has a hash of the whole interface. */
export const body2 = body1.extend({
  stepDays: z.number().gt(0).nullable(),
  decimals: z.int().min(0).max(36).nullable(),
  interfaceHash: z.string().length(64),
});

/** Version 3 says what the policy has besides its network. */
export const body3 = body2.extend({
  structure: z
    .strictObject({
      base: z.strictObject({ rule: z.string().min(1), values: z.record(z.string(), finite) }).nullable(),
      memoryRates: z.array(z.number().gt(0).max(1)).max(8),
      lastRequest: z.boolean(),
    })
    .nullable(),
  selfTest: z
    .array(pair.extend({ base: z.array(finite).min(1).optional() }))
    .min(MIN_PAIRS)
    .max(MAX_PAIRS),
});

/** Version 4 says which group of equal elements the network decides on one by one. */
export const body4 = body3.extend({
  structure: body3.shape.structure.unwrap().extend({ group: group.nullable() }).nullable(),
});

/** JSON Schema of the file, for other programs that read it. */
export const CONTROLLER_JSON_SCHEMA = z.toJSONSchema(
  body4.extend({ format: z.literal(CONTROLLER_FORMAT), version: z.literal(CONTROLLER_VERSION), sha256: z.string().length(64) }),
);
