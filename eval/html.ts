/** Text that comes from outside (ids, units, paths) may hold anything; inside HTML and SVG it must be text. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export interface Cell {
  /** Plain text; escaped. */
  readonly text: string;
  /** A second line in small print. */
  readonly note?: string;
  /** A class of the cell's first line, for example of a verdict. */
  readonly mark?: string;
}

export interface Column {
  readonly head: Cell | string;
  /** One for each row. */
  readonly cells: readonly (Cell | string)[];
}

/**
 * A table that scrolls sideways where it is too wide; the first column names the rows. Everything is escaped.
 * @param where tells tables of the same caption apart for readers who cannot see what they are below
 */
export function htmlTable(columns: readonly Column[], caption = "", where = ""): string {
  const header = columns.map(({ head }) => `<th scope="col">${content(head)}</th>`).join("");
  const rows = columns[0]!.cells.map((_, row) => {
    const cells = columns.map(({ cells }, i) =>
      i === 0 ? `<th scope="row">${content(cells[row]!)}</th>` : `<td>${content(cells[row]!)}</td>`,
    );
    return `<tr>${cells.join("")}</tr>`;
  });
  const title = caption === "" ? "" : `<caption>${escapeHtml(caption)}</caption>`;
  const label = [caption === "" ? "table" : caption, ...(where === "" ? [] : [where])].join(", ");
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(label)}"><table>${title}<thead><tr>${header}</tr></thead><tbody>${rows.join("\n")}</tbody></table></div>`;
}

function content(cell: Cell | string): string {
  const { text, note, mark } = typeof cell === "string" ? { text: cell } : cell;
  const main = mark === undefined ? escapeHtml(text) : `<span class="${escapeHtml(mark)}">${escapeHtml(text)}</span>`;
  return note === undefined ? main : `${main}<small>${escapeHtml(note)}</small>`;
}

/** What is unfolded when the page opens. */
const FIRST_OPEN = new Set(["comparison"]);

/** A titled part of the page that folds; `body` is HTML. Its id lies inside the fold: a link to it opens the fold, without a script. */
export function section(id: string, title: string, introduction: string, body: string): string {
  const head = `<summary><h2>${escapeHtml(title)}</h2></summary>`;
  const open = FIRST_OPEN.has(id) ? " open" : "";
  return `<section><details class="fold"${open}>${head}<p class="lead" id="${id}">${escapeHtml(introduction)}</p>${body}</details></section>`;
}

/** A plot on a card with a title; `svg` is trusted. */
export function card(title: string, svg: string, note = ""): string {
  const small = note === "" ? "" : `<p class="note">${escapeHtml(note)}</p>`;
  return `<figure class="card"><figcaption>${escapeHtml(title)}</figcaption>${small}${svg}</figure>`;
}

/** The same plot drawn twice; the page shows the one that fits. */
export function responsive(draw: (width: number) => string): string {
  return `<div class="when-wide">${draw(1060)}</div><div class="when-narrow">${draw(350)}</div>`;
}
