import type { Node, Program } from "../../compiler/ir/program.js";
import type { Block } from "../../compiler/text/block.js";
import type { Dialect, If, StatementVisitors, StatementWriter, Store } from "../../compiler/text/dialect.js";
import { RegionBlock } from "./python-block.js";
import type { PythonFields } from "./python-fields.js";
import { type PythonDialect, pythonNumber, pythonSpellings, REPEATS } from "./python-spellings.js";
import { INDENT, indent, releaseVariables, tuple, wholeArray } from "./python-text.js";

export interface PythonTarget {
  readonly program: Program;
  readonly fields: PythonFields;
  readonly precision: 32 | 64;
  /** Array fields, as `record.field`. */
  readonly arrays: ReadonlySet<string>;
}

/** What the statements need beside them in the module. */
interface PythonSurroundings {
  /** Names of the constants, by their text. */
  readonly constants: Map<string, string>;
  /** Functions of the branches. */
  readonly regions: string[][];
}

/** Plain numbers, one lane. */
export function scalarDialect(target: PythonTarget): Dialect {
  const number = (value: number) => (value < 0 ? `(${pythonNumber(value)})` : pythonNumber(value));
  return {
    ...sharedParts("scalar", target, number, String),
    assign: (local, value) => `${local} = ${value}`,
    load: ({ record, slot }, _, index) =>
      `${target.fields.find(record, slot).variable}[${positionText(target, record, slot, index)}]`,
    store: ({ record, slot }, value, index) => {
      const { key, variable } = target.fields.find(record, slot);
      if (!target.arrays.has(key)) return `m["${key}"] = ${value}`;
      return `${variable}[${positionText(target, record, slot, index)}] = ${value}`;
    },
    repeating: REPEATS,
  };
}

/** One array element per lane. Constants and branches go into `surroundings`. */
export function arraysDialect(target: PythonTarget, surroundings: PythonSurroundings): Dialect {
  const lanes = laneNodes(target);
  const { constants } = surroundings;
  const constant = (text: string) => {
    const name = constants.get(text) ?? `k${constants.size}`;
    constants.set(text, name);
    return name;
  };
  const filled = (value: string, node: Node) => (lanes.has(node) ? value : `fill(${value}, ${target.fields.someLane})`);
  const number = (value: number) => constant(pythonNumber(value));
  return {
    ...sharedParts("arrays", target, number, (value) => constant(`${value}, "u"`)),
    assign: (local, value, node) => `${local} = ${filled(value, node)}`,
    load: ({ record, slot }, _, index) =>
      `row(${target.fields.find(record, slot).variable}, ${positionText(target, record, slot, index)})`,
    store: ({ record, slot, node }, value, index) => {
      const { key, variable } = target.fields.find(record, slot);
      if (!target.arrays.has(key)) return `m["${key}"] = ${filled(value, node)}`;
      return `${variable} = with_row(${variable}, ${positionText(target, record, slot, index)}, ${value})`;
    },
    visitors: regionVisitors(target, { lanes, filled, regions: surroundings.regions }),
  };
}

function sharedParts(
  dialect: PythonDialect,
  { precision }: PythonTarget,
  number: (value: number) => string,
  word: (value: number) => string,
): Omit<Dialect, "assign" | "load" | "store"> {
  return {
    literals: { const: number, word, int: String, bool: (value) => (value ? "True" : "False") },
    operations: pythonSpellings({ dialect, number, precision }),
    randomWords: (id, key) => {
      const words = [0, 1, 2, 3].map((i) => `v${id}_${i}`);
      return { lines: [`${words.join(", ")} = pcg4d(${key.join(", ")})`], words };
    },
    define: (name, value) => `${name} = ${value}`,
    blocks: {
      loop: (counter, count) => `for ${counter} in range(${count}):`,
      if: (condition) => `if ${condition}:`,
      otherwise: "else:",
      empty: "pass",
      indent: INDENT,
    },
  };
}

/** Element of an array field, as text. */
function positionText({ fields }: PythonTarget, record: string, slot: number, index: string | undefined): string {
  const offset = slot - fields.find(record, slot).first;
  if (index === undefined) return String(offset);
  return offset === 0 ? index : `${offset} + ${index}`;
}

/** Nodes with a value of its own for each lane. */
function laneNodes({ program, fields }: PythonTarget): ReadonlySet<Node> {
  const lanes = new Set<Node>();
  for (const node of program.nodes) {
    const { op } = node;
    const isLaneLoad = op.kind === "load" && fields.isLane(op.record);
    if (isLaneLoad || op.kind === "local" || node.args.some((arg) => lanes.has(arg))) lanes.add(node);
  }
  return lanes;
}

interface Regions {
  readonly lanes: ReadonlySet<Node>;
  /** A value with one element per lane. */
  readonly filled: (value: string, node: Node) => string;
  readonly regions: string[][];
}

/** A branch is a function of what it needs; its results are joined with what holds in the other lanes. */
function regionVisitors(target: PythonTarget, { lanes, filled, regions }: Regions): Partial<StatementVisitors> {
  const { name: programName } = target.program;
  return {
    loop: () => {
      throw new RangeError(`the Python peers have no loops, ${programName} has one`);
    },
    if: (writer, statement, block) => {
      const mask = writer.name(statement.condition, block);
      const kept = keptValues(statement, { writer, block, filled, programName });
      const region = new RegionBlock(block, (node) => lanes.has(node));
      const outputs = branchOutputs(target, statement, writer, region, kept);
      const name = `branch_${regions.length}`;
      const inputs = [...region.laneInputs, ...region.sharedInputs].join(", ");
      const body = releaseVariables([...region.lines, `return ${tuple(outputs.map(({ inner }) => inner))}`]);
      regions.push([`def ${name}(${inputs}):`, ...indent(body)]);
      const given = [tuple(region.laneInputs), tuple(region.sharedInputs), tuple(outputs.map(({ outer }) => outer))];
      block.lines.push(`${tuple(outputs.map((output) => output.target))} = branch(${mask}, ${name}, ${given.join(", ")})`);
    },
  };
}

/** A variable that a branch sets: its value in the lanes that take the branch, and in those that do not. */
interface Output {
  readonly target: string;
  readonly inner: string;
  readonly outer: string;
}

function branchOutputs(
  target: PythonTarget,
  { then }: If,
  writer: StatementWriter,
  region: RegionBlock,
  kept: ReadonlyMap<string, string>,
): Output[] {
  const outputs: Output[] = [];
  const rows = new Map<string, string[]>();
  for (const statement of then) {
    if (statement.kind === "eval") writer.pin(statement.node, region);
    else if (statement.kind === "assign") {
      const local = `l${statement.local}`;
      outputs.push({ target: local, inner: writer.value(statement.node, region), outer: kept.get(local)! });
    } else if (statement.kind === "store") collectRow(target, statement, writer.value(statement.node, region), rows);
    else throw new RangeError(`the Python peers have no branches within branches, ${target.program.name} has one`);
  }
  for (const [variable, texts] of rows) outputs.push({ target: variable, inner: wholeArray(texts), outer: variable });
  return outputs;
}

interface KeptRequest {
  readonly writer: StatementWriter;
  readonly block: Block;
  readonly filled: (value: string, node: Node) => string;
  readonly programName: string;
}

/** Values of the locals in the lanes that do not take the branch. */
function keptValues({ otherwise }: If, { writer, block, filled, programName }: KeptRequest): ReadonlyMap<string, string> {
  const kept = new Map<string, string>();
  for (const statement of otherwise) {
    if (statement.kind === "eval") writer.pin(statement.node, block);
    else if (statement.kind === "assign")
      kept.set(`l${statement.local}`, filled(writer.value(statement.node, block), statement.node));
    else throw new RangeError(`the Python peers store nothing in an else branch, ${programName} does`);
  }
  return kept;
}

function collectRow(
  { program, fields }: PythonTarget,
  { record, slot, index }: Store,
  value: string,
  rows: Map<string, string[]>,
): void {
  const { variable, length, first } = fields.find(record, slot);
  const row = slot - first + (index === undefined ? 0 : index.op.kind === "int" ? index.op.value : Number.NaN);
  if (!(row >= 0 && row < length)) throw new RangeError(`${program.name} stores to a computed element in a branch`);
  const texts = rows.get(variable) ?? new Array<string>(length).fill("");
  texts[row] = value;
  rows.set(variable, texts);
}
