import { z } from "zod";
import { canonicalJson, sha256Hex } from "../../core/digest.js";
import { UserError } from "../../core/errors.js";
import { JsonError, parseJson } from "../../core/parse-json.js";
import { describeIssue } from "../../core/schema-issue.js";
import { type BreakerLimits, LIMITS, parseLimits } from "../../env/breakers/limits.js";
import { actLearned } from "./act-learned.js";
import { decodeFloats, encodeFloats } from "./float-text.js";
import { describeInterface, hashInterface } from "./interface.js";
import { actionWidths, type DenseLayer, isControls, type LearnedController } from "./learned-controller.js";
import { controllerShape, startPolicy } from "./start-policy.js";
import { countInputs, NO_STRUCTURE } from "./structure.js";

/** What a run leaves besides the controller itself. */
export interface Provenance {
  readonly seed: number;
  readonly envSteps: number;
  readonly configHash: string;
  readonly flyball: string;
  readonly node: string;
  readonly platform: string;
}

/**
 * A recorded decision: raw observation and requested action, in the controller's order and units. Those of a controller with
 * structure are consecutive control steps of one episode from its start.
 */
export interface RecordedPair {
  readonly observation: readonly number[];
  readonly action: readonly number[];
  /** What the base rule requested, in the action's units; absent without a base. */
  readonly base?: readonly number[] | undefined;
}

export interface ControllerFile {
  readonly controller: LearnedController;
  readonly provenance: Provenance;
  readonly selfTest: readonly RecordedPair[];
}

export const CONTROLLER_FORMAT = "flyball-controller";
const CONTROLLER_VERSION = 3;
export const MIN_PAIRS = 16;
export const MAX_PAIRS = 4096;

/**
 * Allowed difference of a replayed decision, as a share of the action's band. The pairs come from a float32 device and are
 * replayed in float64: a network of eight layers of 512 differs by about 1e-6.
 */
export const SELF_TEST_TOLERANCE = 1e-5;

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

/** Version 1 of the file, without `format`, `version` and `sha256`, which are checked first. */
const body1 = z.strictObject({
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
const body2 = body1.extend({
  stepDays: z.number().gt(0).nullable(),
  decimals: z.int().min(0).max(36).nullable(),
  interfaceHash: z.string().length(64),
});

/** Version 3 says what the policy has besides its network. */
const body3 = body2.extend({
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

type Body = Omit<z.infer<typeof body3>, "interfaceHash" | "limits"> & { readonly limits: BreakerLimits };

/** JSON Schema of the file, for other programs that read it. */
export const CONTROLLER_JSON_SCHEMA = z.toJSONSchema(
  body3.extend({ format: z.literal(CONTROLLER_FORMAT), version: z.literal(CONTROLLER_VERSION), sha256: z.string().length(64) }),
);

/** The file's text: canonical JSON, so that equal controllers have equal files. */
export function formatControllerFile(file: ControllerFile): string {
  const { network, structure = null, ...rest } = file.controller;
  const layers = network.layers.map(({ inputs, outputs, weights, biases }) => ({
    inputs,
    outputs,
    weights: encodeFloats(weights),
    biases: encodeFloats(biases),
  }));
  const content = {
    format: CONTROLLER_FORMAT,
    version: CONTROLLER_VERSION,
    ...rest,
    structure,
    interfaceHash: hashInterface(describeInterface(file.controller)),
    network: { activation: network.activation, layers },
    provenance: file.provenance,
    selfTest: file.selfTest,
  };
  return `${canonicalJson({ ...content, sha256: sha256Hex(canonicalJson(content)) })}\n`;
}

/**
 * Reads a controller file. No code of the file runs; sizes are checked before arrays are made; the recorded pairs are
 * replayed and a mismatch is refused.
 * @throws UserError `E_CONTROLLER_FOREIGN`, `_TRUNCATED`, `_VERSION`, `_ALTERED`, `_FIELD` or `_SELF_TEST`
 */
export function parseControllerFile(text: string): ControllerFile {
  const loose = parseObject(text);
  checkHead(loose);
  const body = parseBody(loose);
  checkSizes(body);
  const file = decodeBody(body);
  replay(file);
  return file;
}

/** The content by the schema of its version; what an older version did not say is null. */
function parseBody(loose: Record<string, unknown>): Body {
  const { format: _format, version, sha256: _sha256, ...rest } = loose;
  if (version === 1) return checkRanges({ ...parseBy(body1, rest), stepDays: null, decimals: null, structure: null });
  const { interfaceHash, ...content } = version === 2 ? { ...parseBy(body2, rest), structure: null } : parseBy(body3, rest);
  const body = checkRanges(content);
  if (interfaceHash === hashInterface(describeInterface(body))) return body;
  throw refuse("FIELD", "the controller file's interfaceHash is not that of its observations, actions, delays and limits");
}

function parseBy<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw refuse("FIELD", `the controller file's ${issue.path.join(".") || "content"} is wrong: ${describeIssue(issue)}`);
}

/** What a schema cannot say: names told apart, bands of a width above 0, starts within them, breakers that go together. */
function checkRanges(body: Omit<Body, "limits"> & { readonly limits: unknown }): Body {
  const { observations, actions, structure } = body;
  if (structure && !isControls(actions))
    throw refuse("FIELD", "the controller file's structure is for actions with bands, but its action is one choice");
  const controls = isControls(actions) ? actions : [];
  for (const [group, bands] of Object.entries({ observations, actions: controls })) {
    for (const [i, { name, low, high }] of bands.entries()) {
      const where = `the controller file's ${group}.${name}`;
      if (bands.findIndex((band) => band.name === name) !== i) throw refuse("FIELD", `${where} is there twice`);
      if (!(low < high)) throw refuse("FIELD", `${where}.low is ${low}, which is not below its high of ${high}`);
    }
  }
  for (const { name, low, high, start } of controls) {
    if (start >= low && start <= high) continue;
    throw refuse("FIELD", `the controller file's actions.${name}.start is ${start}, allowed is ${low} .. ${high}`);
  }
  try {
    return { ...body, limits: parseLimits(body.limits) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw refuse("FIELD", `the controller file's limits are wrong: ${error.what}`);
  }
}

const AGAIN = "export it again with flyball export";

function refuse(code: string, message: string, hint = AGAIN): UserError {
  return new UserError(`E_CONTROLLER_${code}`, message, hint);
}

function parseObject(text: string): Record<string, unknown> {
  let loose: unknown;
  try {
    loose = parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const ours = text.includes(CONTROLLER_FORMAT) || text.trimStart().startsWith('{"actions"');
    if (ours)
      throw refuse(
        "TRUNCATED",
        `the controller file is cut off or damaged: ${error.message}`,
        "copy it again, or export it again",
      );
    throw refuse("FOREIGN", `this is not a controller file: it is not JSON: ${error.message}`);
  }
  if (typeof loose !== "object" || loose === null || (loose as { format?: unknown }).format !== CONTROLLER_FORMAT) {
    throw refuse("FOREIGN", `this is not a controller file: its format is not "${CONTROLLER_FORMAT}"`);
  }
  return loose as Record<string, unknown>;
}

function checkHead(loose: Record<string, unknown>): void {
  const { sha256, ...content } = loose;
  const { version } = content;
  if (version !== 1 && version !== 2 && version !== CONTROLLER_VERSION) {
    const message = `the controller file has version ${JSON.stringify(version)}, but this flyball reads versions 1 to ${CONTROLLER_VERSION}`;
    throw refuse("VERSION", message, "use the flyball that wrote it, or export it again");
  }
  if (sha256Hex(canonicalJson(content)) !== sha256) {
    throw refuse("ALTERED", "the controller file was altered: its SHA-256 does not match", "copy it again, or export it again");
  }
}

/** Everything must fit together before the first array is made. */
function checkSizes(body: Body): void {
  const { observations, actions, normalizer, network, structure, selfTest } = body;
  const numActions = Array.isArray(actions) ? actions.length : 1;
  const numOutputs = Array.isArray(actions) ? actions.length : actions.count;
  const sizes: [string, number, number][] = [
    ["normalizer.mean", normalizer.mean.length, observations.length],
    ["normalizer.scale", normalizer.scale.length, observations.length],
    ["network outputs", network.layers.at(-1)!.outputs, numOutputs],
  ];
  const numBase = structure?.base ? numActions : 0;
  let inputs = countInputs(controllerShape(body), structure ?? NO_STRUCTURE);
  for (const [l, layer] of network.layers.entries()) {
    sizes.push([`network.layers.${l}.inputs`, layer.inputs, inputs]);
    sizes.push([`network.layers.${l}.weights`, layer.weights.length, base64Length(layer.inputs * layer.outputs)]);
    sizes.push([`network.layers.${l}.biases`, layer.biases.length, base64Length(layer.outputs)]);
    inputs = layer.outputs;
  }
  for (const [i, pair] of selfTest.entries()) {
    sizes.push([`selfTest.${i}.observation`, pair.observation.length, observations.length]);
    sizes.push([`selfTest.${i}.action`, pair.action.length, numActions]);
    sizes.push([`selfTest.${i}.base`, pair.base?.length ?? 0, numBase]);
  }
  for (const [what, have, want] of sizes) {
    if (have !== want) throw refuse("FIELD", `the controller file's ${what} has size ${have}, but ${want} fits the rest`);
  }
}

function base64Length(floats: number): number {
  return Math.ceil((4 * floats) / 3) * 4;
}

function decodeBody({ network, structure, provenance, selfTest, ...rest }: Body): ControllerFile {
  const layers = network.layers.map(({ inputs, outputs, weights, biases }, l): DenseLayer => {
    const decoded = { inputs, outputs, weights: decodeFloats(weights), biases: decodeFloats(biases) };
    const whole = [decoded.weights, decoded.biases].every((floats) => floats.every(Number.isFinite));
    if (!whole) throw refuse("FIELD", `the controller file's network.layers.${l} holds a number that is not finite`);
    return decoded;
  });
  return {
    controller: { ...rest, ...(structure ? { structure } : {}), network: { activation: network.activation, layers } },
    provenance,
    selfTest,
  };
}

function replay({ controller, selfTest }: ControllerFile): void {
  const widths = actionWidths(controller);
  const { structure } = controller;
  const act: ReturnType<typeof startPolicy> = structure
    ? startPolicy(controller, structure)
    : (observation) => actLearned(controller, observation);
  for (const [i, { observation, action, base }] of selfTest.entries()) {
    // From the recorded last request, or a difference in float32 would grow from step to step where the policy amplifies it.
    const replayed = act(observation, base, selfTest[i - 1]?.action);
    const worst = Math.max(...replayed.map((value, a) => Math.abs(value - action[a]!) / widths[a]!));
    if (worst <= SELF_TEST_TOLERANCE) continue;
    const message = `the controller does not repeat recorded decision ${i}: it differs by ${worst.toExponential(1)} of the band, allowed is ${SELF_TEST_TOLERANCE}`;
    throw refuse("SELF_TEST", message);
  }
}
