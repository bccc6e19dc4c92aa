import CliTable from "cli-table3";
import type { Writer } from "../io.js";
import { wrapText } from "./wrap.js";

/** Of tables in a terminal, in characters: narrower ones break every word, wider lines are hard to follow. */
const MIN_WIDTH = 80;
const MAX_WIDTH = 200;
/** Spaces behind a column. */
const GAP = 2;
/** Characters that a column of text keeps, whatever the terminal. */
const MIN_TEXT = 6;

/** A plain table. */
interface TableParts {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns that are aligned to the right: numbers, which are never broken. */
  readonly right?: readonly number[];
}

/** Characters of a line in the terminal, within bounds; undefined for a file or pipe, where each row is one line, however long. */
export function tableWidth(writer: Writer): number | undefined {
  return writer.isTTY ? Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, writer.columns)) : undefined;
}

/** Prints a table as wide as the terminal at most. */
export function writeTable(writer: Writer, { head, rows, right = [] }: TableParts): void {
  writer.write(`${renderTable(head, rows, right, tableWidth(writer))}\n`);
}

/** A plain table without colours or inner lines: readable in a terminal, a log file and a pull request. */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
  width?: number,
): string {
  const widths = width === undefined ? undefined : fitColumns([head, ...rows], right, width);
  const wrapCells = (cells: readonly string[]) =>
    cells.map((cell, column) => (widths && !right.includes(column) ? wrapText(cell, widths[column]!).join("\n") : cell));
  const table = new CliTable({
    head: wrapCells(head),
    chars: BORDERLESS,
    style: { head: [], border: [], "padding-left": 0, "padding-right": GAP },
    colAligns: head.map((_, column) => (right.includes(column) ? "right" : "left")),
  });
  table.push(...rows.map(wrapCells));
  return table.toString().replace(/ +$/gm, "");
}

/** Width of a table that is not fitted. */
export function naturalWidth({ head, rows }: TableParts): number {
  return total(naturalWidths([head, ...rows]));
}

function naturalWidths(lines: readonly (readonly string[])[]): number[] {
  const widest = (cell: string) => Math.max(...cell.split("\n").map((line) => line.length));
  return lines[0]!.map((_, column) => Math.max(...lines.map((line) => widest(line[column] ?? ""))));
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, each) => sum + each, 0) + GAP * (widths.length - 1);
}

/**
 * Widths of the columns' text, `width` in all at most, by narrowing the widest columns of words alike: down to their longest words, and
 * below that where those do not fit either.
 */
function fitColumns(lines: readonly (readonly string[])[], right: readonly number[], width: number): readonly number[] {
  const natural = naturalWidths(lines);
  const words = natural.map((wide, column) => Math.min(wide, longestWord(lines, column), Math.floor(width / 2)));
  const narrowed = (cap: number, least: readonly number[]) =>
    natural.map((wide, column) => (right.includes(column) ? wide : Math.max(least[column]!, Math.min(wide, cap))));
  const floor = total(narrowed(0, words)) <= width ? words : natural.map((wide) => Math.min(wide, MIN_TEXT));
  let cap = width;
  while (cap > 0 && total(narrowed(cap, floor)) > width) cap--;
  return narrowed(cap, floor);
}

function longestWord(lines: readonly (readonly string[])[], column: number): number {
  return Math.max(...lines.flatMap((line) => (line[column] ?? "").split(/\s/).map((word) => word.length)));
}

/** No frame and no lines: spaces between the columns. */
const BORDERLESS = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "",
};
