import CliTable from "cli-table3";
import { PLAIN_LINES } from "../eval/table.js";

/** A plain table without colours or inner lines: readable in a terminal, a log file and a pull request. */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string {
  const table = new CliTable({
    head: [...head],
    chars: BORDERLESS,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
    colAligns: head.map((_, column) => (right.includes(column) ? "right" : "left")),
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString().replace(/ +$/gm, "");
}

const BORDERLESS = { ...PLAIN_LINES, mid: "", "mid-mid": "", middle: "" };
