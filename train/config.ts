import { z } from "zod";
import { ALGORITHMS } from "../agents/algorithms.js";
import type { Algorithm } from "../agents/learner/algorithm.js";
import { COMMON_SETTINGS, type RunSettings } from "../agents/learner/settings.js";
import { UserError } from "../core/errors.js";
import { suggest } from "../core/nearest.js";

/** The settings of a run with an algorithm: the common ones, its name and its own, which may have other defaults. */
const schemaOf = ({ id, settings }: Algorithm) =>
  z.strictObject({ algorithm: ALGORITHM_SETTING, ...COMMON_SETTINGS, ...settings }).describe(`settings of ${id}`);

const [DEFAULT_ALGORITHM] = ALGORITHMS;

const ALGORITHM_SETTING = z
  .enum(ALGORITHMS.map(({ id }) => id))
  .default(DEFAULT_ALGORITHM!.id)
  .describe(`what trains: ${ALGORITHMS.map(({ id, doc }) => `${id}, ${doc}`).join("; ")}`);

/** The whole configuration of a training run. */
export type TrainConfig = RunSettings;

/** A setting as `--help` and the documentation show it. */
interface Setting {
  readonly key: string;
  /** Whose setting it is; null for those of every run. */
  readonly algorithm: string | null;
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
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly default?: unknown;
  readonly description?: string;
}

/** Of files for `--config` that were written by hand: no setting, as a run keeps it apart. */
const FROM = {
  type: "string",
  description: "of files for --config alone: run folder or controller file to begin with, from where the file is",
} as const;

/** JSON Schema of config.json's `config` member and of files for `--config`. */
export const CONFIG_JSON_SCHEMA = { anyOf: ALGORITHMS.map(jsonSchemaOf) };

function jsonSchemaOf(algorithm: Algorithm) {
  const schema = z.toJSONSchema(schemaOf(algorithm), { io: "input" });
  const named = {
    ...schema.properties,
    algorithm: { ...(schema.properties!["algorithm"] as object), enum: [algorithm.id] },
    from: FROM,
  };
  return { ...schema, properties: named };
}

type SchemaNodes = Readonly<Record<string, SchemaNode>>;

/** Every setting of an algorithm; those of a stage by their path, as `apg.learningRate`. */
function nodesOf(algorithm: Algorithm): SchemaNodes {
  const { properties } = z.toJSONSchema(schemaOf(algorithm), { io: "input" });
  const nodes = Object.entries(properties as SchemaNodes).flatMap(([key, node]) =>
    node.properties
      ? Object.entries(node.properties).map(([name, inner]) => [`${key}.${name}`, inner] as const)
      : [[key, node] as const],
  );
  return Object.fromEntries(nodes);
}

const NODES: ReadonlyMap<string, Readonly<Record<string, SchemaNode>>> = new Map(
  ALGORITHMS.map((algorithm) => [algorithm.id, nodesOf(algorithm)]),
);

/** Of all algorithms; a key that several have is of one type. */
const ALL_NODES: Readonly<Record<string, SchemaNode>> = Object.assign({}, ...[...NODES.values()].reverse());

/** The settings of every run, then those of each algorithm: its own, and common ones that it gives another default. */
export function listSettings(): readonly Setting[] {
  const [first] = ALGORITHMS;
  const common = ["algorithm", ...Object.keys(COMMON_SETTINGS)].map((key) => settingOf(key, NODES.get(first!.id)!, null));
  const own = ALGORITHMS.flatMap(({ id, settings }) => {
    const keys = Object.keys(NODES.get(id)!).filter((key) => key.split(".")[0]! in settings);
    return keys.map((key) => settingOf(key, NODES.get(id)!, id));
  });
  return [...common, ...own];
}

function settingOf(key: string, nodes: Readonly<Record<string, SchemaNode>>, algorithm: string | null): Setting {
  const node = nodes[key]!;
  return { key, algorithm, fallback: node.default, allowed: allowedText(node), doc: node.description ?? "" };
}

function allowedText(node: SchemaNode): string {
  if (node.anyOf) return node.anyOf.map((part) => (part.type === "null" ? "off" : allowedText(part))).join(", or ");
  if (node.enum) return either(node.enum);
  if (node.type === "array") return `${node.minItems} to ${node.maxItems} of ${allowedText(node.items ?? {})}, as in 64,64`;
  if (node.type === "boolean") return "true or false";
  if (node.type === "string") return "a name";
  if (node.type === "object") return "an object (in a file only)";
  const low = node.exclusiveMinimum === undefined ? `>= ${node.minimum}` : `> ${node.exclusiveMinimum}`;
  return `a ${node.type === "integer" ? "whole number" : "number"} ${low} and <= ${node.maximum}`;
}

/**
 * The one way from loose input (a JSON file, options) to a configuration: fills defaults, checks names, types, ranges and
 * what the settings ask of one another.
 * @throws UserError `E_CONFIG_KEY`, `E_CONFIG_VALUE` or `E_CONFIG_CROSS`
 */
export function parseConfig(given: unknown): TrainConfig {
  const loose = nested(given);
  const algorithm = algorithmOf(loose);
  const parsed = schemaOf(algorithm).safeParse(loose);
  if (!parsed.success) throw explain(parsed.error.issues[0]!, loose, algorithm);
  const settings = algorithm.complete(parsed.data as TrainConfig, new Set(Object.keys(loose as object)));
  algorithm.check(settings);
  checkEvaluations(settings);
  return settings;
}

/** Settings of a stage may be written by their path: `{"apg.learningRate": 0.001}` is `{"apg": {"learningRate": 0.001}}`. */
function nested(given: unknown): unknown {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return given;
  const loose: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(given)) {
    const [key, name] = path.split(".", 2) as [string, string | undefined];
    if (name === undefined) loose[key] = typeof value === "object" && value !== null ? mergedWith(loose[key], value) : value;
    else loose[key] = mergedWith(loose[key], { [name]: value });
  }
  return loose;
}

const mergedWith = (before: unknown, value: object): unknown =>
  Array.isArray(value) ? value : { ...(typeof before === "object" ? before : {}), ...value };

function checkEvaluations({ earlyStop, evalEvery }: TrainConfig): void {
  if (earlyStop === 0 || evalEvery > 0) return;
  const message = `earlyStop=${earlyStop} needs evaluations, but evalEvery is 0`;
  throw new UserError("E_CONFIG_CROSS", message, "set evalEvery too, for example evalEvery=10, or leave earlyStop out");
}

/** `a, b or c` */
const either = (words: readonly (string | number)[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;

/** The algorithm that loose input names; the default where it names none. */
function algorithmOf(loose: unknown): Algorithm {
  if (typeof loose !== "object" || loose === null || !("algorithm" in loose)) return DEFAULT_ALGORITHM!;
  const found = ALGORITHMS.find(({ id }) => id === loose.algorithm);
  if (found) return found;
  const ids = ALGORITHMS.map(({ id }) => id);
  const hint = typeof loose.algorithm === "string" ? suggest(loose.algorithm, ids) : `use ${either(ids)}`;
  throw new UserError("E_CONFIG_VALUE", `algorithm must be ${either(ids)}, got ${describeValue(loose.algorithm)}`, hint);
}

function explain(issue: z.core.$ZodIssue, loose: unknown, algorithm: Algorithm): UserError {
  const nodes = NODES.get(algorithm.id)!;
  if (issue.code === "unrecognized_keys") return unknownKey([...issue.path, issue.keys[0] ?? ""].join("."), algorithm);
  const path = issue.path.map(String);
  const key = path.length > 1 && !(path[0]! in nodes) ? path.slice(0, 2).join(".") : (path[0] ?? "");
  const node = nodes[key];
  if (!node && key in algorithm.settings) {
    const message = `${key} must be an object of settings, got ${describeValue((loose as Readonly<Record<string, unknown>>)[key])}`;
    return new UserError("E_CONFIG_VALUE", message, `write its settings one by one, as ${key}.NAME`);
  }
  if (!node) {
    const message = `the configuration must be an object of settings, got ${describeValue(loose)}`;
    return new UserError("E_CONFIG_VALUE", message, 'write it like {"learningRate": 0.0003, "hidden": [64, 64]}');
  }
  const value = key.split(".").reduce<unknown>((at, name) => (at as Readonly<Record<string, unknown>>)[name], loose);
  return new UserError(
    "E_CONFIG_VALUE",
    `${key} must be ${allowedText(node)}, got ${describeValue(value)}`,
    `${key}: ${node.description}`,
  );
}

function unknownKey(key: string, algorithm: Algorithm): UserError {
  const others = ALGORITHMS.filter(({ settings }) => key in settings).map(({ id }) => id);
  if (others.length === 0) {
    const known = Object.keys(NODES.get(algorithm.id)!);
    return new UserError("E_CONFIG_KEY", `unknown setting "${key}"`, suggest(key, known));
  }
  const message = `${key} is no setting of ${algorithm.id}`;
  return new UserError(
    "E_CONFIG_KEY",
    message,
    `it is one of ${others.join(" and ")}: leave it out, or set algorithm=${others[0]}`,
  );
}

function describeValue(value: unknown): string {
  if (typeof value === "number" || value === undefined) return String(value);
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
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
  const node = ALL_NODES[key];
  if (!node) throw new UserError("E_CONFIG_KEY", `unknown setting "${key}"`, suggest(key, Object.keys(ALL_NODES)));
  return { key, value: readAs(node, text.slice(equals + 1).trim()) };
}

/** The typed value, or the text itself where it does not fit the type: then parseConfig says what is allowed. */
function readAs(node: SchemaNode, text: string): unknown {
  if (node.anyOf) return text === "off" || text === "null" ? null : readAs(node.anyOf[0]!, text);
  if (node.type === "boolean") return text === "true" ? true : text === "false" ? false : text;
  if (node.type === "string") return text;
  if (node.type === "array" && text === "") return [];
  if (node.type === "array")
    return text
      .replace(/^\[|\]$/g, "")
      .split(",")
      .map((part) => readAs(node.items!, part.trim()));
  const number = Number(text.replaceAll("_", ""));
  return text === "" || Number.isNaN(number) ? text : number;
}
