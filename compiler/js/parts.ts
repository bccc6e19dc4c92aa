import type { Program, ValueType } from "../ir/program.js";

/**
 * Longest text of a part, in characters: a few dozen statements. V8 optimises no function above 60 KiB of bytecode, takes more than linear time
 * for those below, and starts anew when a branch is taken for the first time: a step in one function would mostly be interpreted.
 */
const PART_LENGTH = 1500;

type Store = "floats" | "words" | "flags";

/** Where values are kept between parts, by type: a word in an `Int32Array` stays the same modulo 2^32. */
const STORES: Readonly<Record<ValueType, Store>> = { f: "floats", i: "floats", u: "words", b: "flags" };

interface Place {
  readonly store: Store;
  readonly index: number;
}

/** A statement, or a block whose statements may become parts. */
type Item = string | Block;

interface Block {
  readonly sections: readonly Section[];
  readonly length: number;
}

/** `if (...) {` or `} else {` and what follows. */
interface Section {
  readonly open: string;
  readonly items: readonly Item[];
}

/**
 * The functions of a program: `run(first, last, views)` and, if it is long, the parts that it calls. What more than one of them
 * needs is kept in arrays, which holds the same numbers as a variable does.
 * @param lines of `run`, each a statement or the start or end of a block, but for the records' views
 */
export function writeFunctions(program: Program, lines: readonly string[], partLength = PART_LENGTH): readonly string[] {
  const views = program.records.map((_, i) => `const r${i} = views[${i}];`);
  const { run, parts } = split(lines, partLength);
  const places = findPlaces(program, run, parts);
  const written = parts.map((part, i) => writePart(part, `part${i}`, places));
  const body = run.map((step) => (typeof step === "number" ? written[step]!.call : keptNames(step, places)));
  return [
    ...declareStores(places),
    ...written.flatMap(({ text }) => text),
    "return function run(first, last, views) {",
    ...[...views, ...body].map((line) => `  ${line}`),
    "};",
  ];
}

interface Split {
  /** Lines, and numbers of parts that are called in their place. */
  readonly run: readonly (string | number)[];
  readonly parts: readonly (readonly string[])[];
}

function split(lines: readonly string[], partLength: number): Split {
  const items = parse(lines);
  if (lengthOf(items) <= partLength) return { run: lines, parts: [] };
  const run: (string | number)[] = [];
  const parts: (readonly string[])[] = [];
  const splitItems = (list: readonly Item[]): void => {
    let part: Item[] = [];
    const close = () => {
      if (part.length > 0) run.push(parts.push(part.flatMap(linesOf)) - 1);
      part = [];
    };
    for (const item of list) {
      const isLong = typeof item !== "string" && item.length > partLength;
      if (isLong || lengthOf(part) + item.length > partLength) close();
      if (isLong) {
        for (const { open, items: inner } of item.sections) {
          run.push(open);
          splitItems(inner);
        }
        run.push("}");
      } else part.push(item);
    }
    close();
  };
  splitItems(items);
  return { run, parts };
}

function parse(lines: readonly string[]): readonly Item[] {
  const blocks: { open: string; items: Item[] }[][] = [[{ open: "", items: [] }]];
  const add = (item: Item) => blocks.at(-1)!.at(-1)!.items.push(item);
  for (const line of lines) {
    const text = line.trim();
    if (text === "}") {
      const sections = blocks.pop()!;
      add({ sections, length: sections.reduce((sum, { open, items }) => sum + open.length + lengthOf(items), 0) });
    } else if (text.startsWith("}")) blocks.at(-1)!.push({ open: text, items: [] });
    else if (text.endsWith("{")) blocks.push([{ open: text, items: [] }]);
    else add(text);
  }
  return blocks[0]![0]!.items;
}

function lengthOf(items: readonly Item[]): number {
  return items.reduce((sum, { length }) => sum + length, 0);
}

function linesOf(item: Item): readonly string[] {
  if (typeof item === "string") return [item];
  const inner = (lines: readonly string[]) => lines.map((line) => `  ${line}`);
  return [...item.sections.flatMap(({ open, items }) => [open, ...inner(items.flatMap(linesOf))]), "}"];
}

/** Values `v`, locals `l` and random words `x`, `y`, `z`, `w` by number. */
const KEPT = /\b[vlxyzw]\d+\b/g;
/** What a part gets from `run` itself: records, counters of loops, the lane and the lanes' range. */
const PASSED = /\b(?:[rk]\d+|i|first|last)\b/g;

const namesIn = (lines: readonly string[], names: RegExp) => new Set(lines.flatMap((line) => line.match(names) ?? []));

/** Places of the names that are used in two parts or in `run` itself. */
function findPlaces(program: Program, run: Split["run"], parts: Split["parts"]): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  if (parts.length === 0) return places;
  const counts = { floats: 0, words: 0, flags: 0 };
  const seen = new Set<string>();
  const inRun = run.filter((step) => typeof step === "string");
  for (const names of [inRun, ...parts].map((lines) => namesIn(lines, KEPT))) {
    for (const name of names) {
      if (seen.has(name) && !places.has(name)) {
        const store = STORES[typeOf(program, name)];
        places.set(name, { store, index: counts[store]++ });
      }
      seen.add(name);
    }
  }
  return places;
}

function typeOf(program: Program, name: string): ValueType {
  const number = Number(name.slice(1));
  if (name.startsWith("v")) return program.nodes[number]!.type;
  return name.startsWith("l") ? program.locals[number]! : "u";
}

function declareStores(places: ReadonlyMap<string, Place>): readonly string[] {
  const size = (store: Store) => [...places.values()].filter((place) => place.store === store).length;
  if (places.size === 0) return [];
  return [
    `const floats = new Float64Array(${size("floats")});`,
    `const words = new Int32Array(${size("words")});`,
    `const flags = new Array(${size("flags")}).fill(false);`,
  ];
}

/** A line of `run` between parts, which have no variables there. */
function keptNames(line: string, places: ReadonlyMap<string, Place>): string {
  return line.replace(KEPT, (name) => {
    const place = places.get(name);
    return place ? textOf(place) : name;
  });
}

const textOf = ({ store, index }: Place) => `${store}[${index}]`;

function writePart(lines: readonly string[], name: string, places: ReadonlyMap<string, Place>) {
  const declared = new Set(lines.flatMap((line) => line.match(/^(?:const|let) (\w+)/)?.[1] ?? []));
  const assigned = new Set(lines.flatMap((line) => line.match(/(?<=^ *|; )[lxyzw]\d+(?= \^?=)/g) ?? []));
  const before: string[] = [];
  const after: string[] = [];
  for (const used of namesIn(lines, KEPT)) {
    const place = places.get(used);
    if (!place) continue;
    if (!declared.has(used)) before.push(`${assigned.has(used) ? "let" : "const"} ${used} = ${textOf(place)};`);
    if (declared.has(used) || assigned.has(used)) after.push(`${textOf(place)} = ${used};`);
  }
  const counters = namesIn(lines, /(?<=for \(let )(?:k\d+|i)\b/g);
  const parameters = [...namesIn(lines, PASSED)].filter((parameter) => !counters.has(parameter)).join(", ");
  const body = [...before, ...lines, ...after].map((line) => `  ${line}`);
  return { call: `${name}(${parameters});`, text: [`function ${name}(${parameters}) {`, ...body, "}"] };
}
