import { intervalPlot } from "./interval-plot.js";
import { standaloneSvg } from "./plot-frame.js";
import { learnedControllers, toneOf } from "./report-roles.js";
import type { Report } from "./report-schema.js";

/** A standalone SVG for a README: what the best learned controller gains over each rule, with intervals; light and dark. */
export function renderPicture(report: Report, width = 760): string {
  const learned = learnedControllers(report)[0];
  const rows = report.controllers
    .filter(({ isBaseline }) => !isBaseline)
    .map(({ id, aggregate: { minusBaseline } }) => ({ label: id, tone: toneOf(report, id), ...minusBaseline }));
  return standaloneSvg(
    intervalPlot({
      title: `${learned?.id ?? "Rules"} and the fixed rules on ${report.economy}: mean objective per day minus ${report.baseline}`,
      xLabel: `${report.economy}: objective per day, minus ${report.baseline} (${report.provenance.level * 100} % intervals)`,
      rows,
      width,
      values: true,
    }),
  );
}
