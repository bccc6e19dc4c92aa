import { ruleInForce } from "../agents/rules/registry.js";
import { standardDeviation } from "../core/statistics.js";
import { type Curve, curvePlot } from "../eval/curve-plot.js";
import { histogramPlot } from "../eval/histogram-plot.js";
import { standaloneSvg, type Tone } from "../eval/plot-frame.js";
import type { EconomyReport } from "./economy-report.js";
import { exogenousPrices, logPrices, returnsOf } from "./facts.js";
import { bandOf, clusteringBand, exceedance, fallsOf, priceBand } from "./market.js";
import { REAL_CLUSTERING } from "./reference.js";

const SIZE = { width: 760, height: 300 };

/** The plots of one economy by their file names, as standalone SVGs for light and dark pages. */
export function drawEconomyPlots(report: EconomyReport): Readonly<Record<string, string>> {
  const { id } = report.spec.economy;
  const plots = {
    prices: pricePlot(report),
    volatility: volatilityPlot(report),
    clustering: clusteringPlot(report),
    series: seriesPlot(report),
    drawdowns: drawdownPlot(report),
  };
  return Object.fromEntries(Object.entries(plots).map(([name, svg]) => [`${id}-${name}.svg`, standaloneSvg(svg)]));
}

function pricePlot({ spec, facts }: EconomyReport): string {
  return curvePlot({
    ...SIZE,
    title: `Price of ${spec.economy.token.symbol} and exogenous path under ${ruleInForce(spec.economy)} in base`,
    xLabel: "day; bands: 10 to 90 % of the paths",
    yLabel: "over the starting price",
    scale: "log",
    curves: [
      { label: "price", tone: "learned", ...priceBand(logPrices(facts.paths)) },
      { label: "exogenous alone", tone: "baseline", ...priceBand(exogenousPrices(facts.paths)) },
    ],
  });
}

function volatilityPlot({ spec, facts }: EconomyReport): string {
  const annual = facts.paths.map((path) => standardDeviation(returnsOf(path)) * Math.sqrt(365));
  return histogramPlot({
    ...SIZE,
    title: `Annual volatility of simulated paths of ${spec.economy.id}`,
    xLabel: "annual volatility of a simulated path",
    groups: [{ label: "simulated paths", tone: "learned", values: annual }],
    bins: 40,
    domain: [0.2, 2.2],
  });
}

function clusteringPlot({ spec, facts }: EconomyReport): string {
  return curvePlot({
    ...SIZE,
    title: `Autocorrelation of absolute returns by lag, ${spec.economy.id} and Ether`,
    xLabel: "lag, days; band: middle 80 % of simulated years",
    yLabel: "autocorrelation of absolute returns",
    curves: [
      { label: "simulated", tone: "learned", ...clusteringBand(facts.paths.map((path) => returnsOf(path).subarray(0, 365))) },
      { label: "Ether", tone: "baseline", x: REAL_CLUSTERING.map((_, i) => i + 1), middle: REAL_CLUSTERING },
    ],
  });
}

function seriesPlot({ spec, facts }: EconomyReport): string {
  const { figure, label } = spec.plotted;
  return curvePlot({
    ...SIZE,
    title: `${label} in ${spec.economy.id} under ${ruleInForce(spec.economy)} in base`,
    xLabel: "day; band: 10 to 90 % of the paths",
    yLabel: label,
    curves: [{ label, tone: "learned", ...bandOf(facts.paths.map((path) => path[figure]!)) }],
  });
}

function drawdownPlot({ spec, facts, counts }: EconomyReport): string {
  const curve = (label: string, tone: Tone, paths: readonly Float64Array[]): Curve => {
    return { label, tone, ...exceedance(fallsOf(paths).fromPeak) };
  };
  return curvePlot({
    ...SIZE,
    title: `Probability of a fall from the peak within ${counts.years} years in ${spec.economy.id}`,
    xLabel: `fall from the peak within ${counts.years} years, as a share`,
    yLabel: "share of the paths that fall at least so far, %",
    percent: true,
    domain: [0, 1],
    curves: [
      curve("price", "learned", logPrices(facts.paths)),
      curve("exogenous alone", "baseline", exogenousPrices(facts.paths)),
    ],
  });
}
