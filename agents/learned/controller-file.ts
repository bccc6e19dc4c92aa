import type { z } from "zod";
import { canonicalJson, sha256Hex } from "../../core/digest.js";
import { UserError } from "../../core/errors.js";
import { JsonError, parseJson } from "../../core/parse-json.js";
import { describeIssue } from "../../core/schema-issue.js";
import { type BreakerLimits, parseLimits } from "../../env/breakers/limits.js";
import { elementNames, whyUnequal } from "../../env/group.js";
import type { ElementGroup } from "../../env/world.js";
import { actLearned } from "./act-learned.js";
import { body1, body2, body3, body4, CONTROLLER_FORMAT, CONTROLLER_VERSION } from "./controller-schema.js";
import { decodeFloats, encodeFloats } from "./float-text.js";
import { describeNeeds, hashInterface } from "./interface.js";
import { actionWidths, type DenseLayer, isControls, type LearnedController, type NamedAction } from "./learned-controller.js";
import { networkInputs } from "./places.js";
import { controllerShape, startPolicy } from "./start-policy.js";
import { NO_STRUCTURE, type PolicyStructure, policyPlaces } from "./structure.js";

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

/**
 * Allowed difference of a replayed decision, as a share of the action's band. The pairs come from a float32 device and are
 * replayed in float64: a network of eight layers of 512 differs by about 1e-6.
 */
export const SELF_TEST_TOLERANCE = 1e-5;

type Body = Omit<z.infer<typeof body4>, "interfaceHash" | "limits" | "structure"> & {
  readonly limits: BreakerLimits;
  readonly structure: PolicyStructure | null;
};

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
    structure: structure && { ...structure, group: structure.group ?? null },
    interfaceHash: hashInterface(describeNeeds(file.controller)),
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
  const { interfaceHash, ...content } = parseLater(version, rest);
  const body = checkRanges(content);
  if (interfaceHash === hashInterface(describeNeeds(withStructure(body)))) return body;
  throw refuse("FIELD", "the controller file's interfaceHash is not that of its observations, actions, delays and limits");
}

/** From version 2 on. */
function parseLater(version: unknown, rest: Record<string, unknown>) {
  if (version === 2) return { ...parseBy(body2, rest), structure: null };
  if (version === 3) return parseBy(body3, rest);
  const { structure, ...content } = parseBy(body4, rest);
  if (!structure) return { ...content, structure };
  const { group, ...others } = structure;
  return { ...content, structure: { ...others, ...(group ? { group } : {}) } };
}

/** Without a structure where the file has null for one. */
function withStructure<Content extends { readonly structure: PolicyStructure | null }>({ structure, ...content }: Content) {
  return { ...content, ...(structure ? { structure } : {}) };
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
  if (structure?.group) checkGroup(structure.group, body, controls);
  try {
    return { ...body, limits: parseLimits(body.limits) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw refuse("FIELD", `the controller file's limits are wrong: ${error.what}`);
  }
}

/** All elements are alike, and the normaliser makes no difference between them. */
function checkGroup(
  group: ElementGroup,
  { observations, normalizer }: Pick<Body, "observations" | "normalizer">,
  controls: readonly NamedAction[],
): void {
  const byName = <Field extends { readonly name: string }>(fields: readonly Field[]) =>
    Object.fromEntries(fields.map((field) => [field.name, field]));
  const why = whyUnequal(group, byName(observations), byName(controls));
  if (why !== undefined) throw refuse("FIELD", `the controller file's structure.group is of unequal elements: ${why}`);
  const places = new Map(observations.map(({ name }, i) => [name, i]));
  for (const field of group.observations) {
    for (const key of ["mean", "scale"] as const) {
      const values = elementNames(group, field).map((name) => normalizer[key][places.get(name)!]);
      const other = values.findIndex((value) => value !== values[0]);
      if (other < 0) continue;
      const message = `the controller file's normalizer.${key} of ${field}${other} is ${values[other]}, but ${values[0]} of ${field}0`;
      throw refuse("FIELD", `${message}: elements of a group share one`);
    }
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
  if (version !== 1 && version !== 2 && version !== 3 && version !== CONTROLLER_VERSION) {
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
  const places = policyPlaces(controllerShape(body), structure ?? NO_STRUCTURE);
  const numOutputs = Array.isArray(actions) ? places.numOutputs : actions.count;
  const sizes: [string, number, number][] = [
    ["normalizer.mean", normalizer.mean.length, observations.length],
    ["normalizer.scale", normalizer.scale.length, observations.length],
    ["network outputs", network.layers.at(-1)!.outputs, numOutputs],
  ];
  const numBase = structure?.base ? numActions : 0;
  let inputs = networkInputs(places);
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

function decodeBody({ network, provenance, selfTest, ...rest }: Body): ControllerFile {
  const layers = network.layers.map(({ inputs, outputs, weights, biases }, l): DenseLayer => {
    const decoded = { inputs, outputs, weights: decodeFloats(weights), biases: decodeFloats(biases) };
    const whole = [decoded.weights, decoded.biases].every((floats) => floats.every(Number.isFinite));
    if (!whole) throw refuse("FIELD", `the controller file's network.layers.${l} holds a number that is not finite`);
    return decoded;
  });
  return {
    controller: { ...withStructure(rest), network: { activation: network.activation, layers } },
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
