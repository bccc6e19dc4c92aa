import { tabulateComparison } from "../../eval/comparison-table.js";
import type { Report } from "../../eval/report-schema.js";
import { naturalWidth, renderTable } from "./table.js";
import { wrapText } from "./wrap.js";

/** Of running text, in characters, and of the whole where it does not go to a terminal. */
const TEXT_WIDTH = 100;
/** Of a tuned rule, in characters. */
const USUAL_NAME = 17;

/**
 * The comparison as plain text: best first, then the notes and what the learned controllers have shown.
 * @param width of the terminal; undefined for a file or pipe, where each row is one line
 */
export function renderComparison(report: Report, width: number | undefined): string {
  const wide = tabulateComparison(report, false);
  // Longer names are wrapped before every row gets a second line.
  const rowsOfUsualNames = wide.rows.map(([name = "", ...figures]) => [name.slice(0, USUAL_NAME), ...figures]);
  const isNarrow = width !== undefined && naturalWidth({ ...wide, rows: rowsOfUsualNames }) > width;
  const { introduction, head, rows, right, notes, headlines } = isNarrow ? tabulateComparison(report, true) : wide;
  const wrap = (text: string) => wrapText(text, Math.min(TEXT_WIDTH, width ?? TEXT_WIDTH));
  const table = renderTable(head, rows, right, width);
  return [...wrap(introduction), "", table, "", ...notes.flatMap(wrap), "", ...headlines.flatMap(wrap)].join("\n");
}
