import { coverageOfFigure, coverageOfMean, FIGURES, type METHODS } from "./measure.js";
import type { Population } from "./populations.js";

export const SIZES = [5, 10, 50, 200] as const;

interface CoveragePlan {
  readonly populations: readonly Population[];
  readonly samples: number;
}

/** The tables of docs/explanation/evaluation.md, as Markdown. */
export function renderCoverage({ populations, samples }: CoveragePlan): string {
  const percent = (share: number) => (100 * share).toFixed(1);
  const cells = (of: (size: number) => number) => SIZES.map((size) => percent(of(size)));
  const byMethod = (method: keyof typeof METHODS, population: Population) =>
    cells((size) => coverageOfMean(population, size, samples, method));
  const means = populations.map((population) => {
    const columns = (["report", "student", "percentile"] as const).map((method) => byMethod(method, population));
    return [population.name, ...SIZES.map((_, i) => `**${columns[0]![i]}** (${columns[1]![i]}, ${columns[2]![i]})`)];
  });
  const figures = FIGURES.map((figure) => [figure.name, ...cells((size) => coverageOfFigure(figure, size, samples))]);
  const head = SIZES.map((size) => `${size} episodes`);
  return [
    `Share of ${samples.toLocaleString("en")} samples whose 95 % interval covers the true mean, in per cent (in brackets: Student's t, and the percentile bootstrap):`,
    table(["differences of", ...head], means),
    "The other figures, 8 scenarios that share half of their shocks unless it says otherwise:",
    table(["figure", ...head], figures),
  ].join("\n\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

const MARKS = ["<!-- coverage: npm run coverage -->", "<!-- end of coverage -->"] as const;

/** The page with the text between its two marks replaced. */
export function insertCoverage(page: string, tables: string): string {
  const [start, end] = MARKS.map((mark) => page.indexOf(mark)) as [number, number];
  if (start < 0 || end < start) throw new Error(`the page has no ${MARKS.join(" … ")}`);
  return `${page.slice(0, start)}${MARKS[0]}\n\n${tables}\n\n${page.slice(end)}`;
}
