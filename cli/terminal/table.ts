import CliTable from "cli-table3";
import { PLAIN_LINES } from "../../eval/table.js";
import type { Writer } from "../io.js";

/** Of tables in a terminal, in characters: narrower ones break every word, wider lines are hard to follow. */
const MIN_WIDTH = 80;
const MAX_WIDTH = 200;
/** Spaces behind a column. */
const GAP = 2;

/** A plain table. */
interface TableParts {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns that are aligned to the right. */
  readonly right?: readonly number[];
}

/** Prints a table as wide as the terminal at most; to a file or pipe each row is one line, however long. */
export function writeTable(writer: Writer, { head, rows, right = [] }: TableParts): void {
  const width = writer.isTTY ? Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, writer.columns)) : undefined;
  writer.write(`${renderTable(head, rows, right, width)}\n`);
}

/** A plain table without colours or inner lines: readable in a terminal, a log file and a pull request. */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
  width?: number,
): string {
  const lines = [head, ...rows];
  const colWidths = width === undefined ? undefined : fitColumns(lines, width);
  const table = new CliTable({
    head: [...head],
    chars: BORDERLESS,
    style: { head: [], border: [], "padding-left": 0, "padding-right": GAP },
    colAligns: head.map((_, column) => (right.includes(column) ? "right" : "left")),
    ...(colWidths ? { colWidths: [...colWidths], wordWrap: true, wrapOnWordBoundary: holdsWords(lines, colWidths) } : {}),
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString().replace(/ +$/gm, "");
}

/** Otherwise words are broken, since the table would cut them off. */
function holdsWords(lines: readonly (readonly string[])[], widths: readonly number[]): boolean {
  return widths.every((width, column) => longestWord(lines, column) + GAP <= width);
}

/** Widths that add up to `width` at most, by narrowing the widest columns alike; undefined where the table fits as it is. */
function fitColumns(lines: readonly (readonly string[])[], width: number): readonly number[] | undefined {
  const natural = lines[0]!.map((_, column) => GAP + Math.max(...lines.map((line) => (line[column] ?? "").length)));
  const sum = (widths: readonly number[]) => widths.reduce((total, each) => total + each, 0);
  if (sum(natural) <= width) return undefined;
  const least = natural.map((_, column) => Math.min(GAP + longestWord(lines, column), Math.floor(width / 2)));
  const narrowed = (cap: number) => natural.map((wide, column) => Math.max(least[column]!, Math.min(wide, cap)));
  let cap = width;
  while (cap > 1 && sum(narrowed(cap)) > width) cap--;
  return narrowed(cap);
}

function longestWord(lines: readonly (readonly string[])[], column: number): number {
  return Math.max(...lines.flatMap((line) => (line[column] ?? "").split(" ").map((word) => word.length)));
}

const BORDERLESS = { ...PLAIN_LINES, mid: "", "mid-mid": "", middle: "" };
