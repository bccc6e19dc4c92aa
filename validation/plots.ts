import { type Curve, curvePlot } from "../eval/curve-plot.js";
import { histogramPlot } from "../eval/histogram-plot.js";
import { intervalPlot } from "../eval/interval-plot.js";
import { standaloneSvg, type Tone } from "../eval/plot-frame.js";
import { quietPath } from "./akash/dynamics-gates.js";
import type { ControlResult } from "./control.js";
import { clusteringBand, exceedance, fallsOf, type MarketPaths, priceBand } from "./market.js";
import { REAL_CLUSTERING } from "./reference.js";
import type { Sensitivity } from "./sensitivity.js";

/** Every plot of the page by its file name, as a standalone SVG for light and dark pages. */
interface PlotInput {
  readonly base: MarketPaths;
  readonly crash: MarketPaths;
  readonly control: ControlResult;
  readonly sensitivities: readonly Sensitivity[];
}

const SIZE = { width: 760, height: 320 };

export function drawPlots(input: PlotInput): Readonly<Record<string, string>> {
  const plots = {
    "volatility.svg": volatilityPlot(input.base),
    "clustering.svg": clusteringPlot(input.base),
    "prices.svg": pricePlot(input.base),
    "settling.svg": settlingPlot(),
    "drawdowns.svg": drawdownPlot(input),
    "control.svg": controlPlot(input.control),
    "sensitivity.svg": sensitivityPlot(input.sensitivities),
  };
  return Object.fromEntries(Object.entries(plots).map(([name, svg]) => [name, standaloneSvg(svg)]));
}

function volatilityPlot({ returns }: MarketPaths): string {
  const annual = returns.map((path) => Math.sqrt((365 * path.reduce((sum, r) => sum + r * r, 0)) / path.length));
  return histogramPlot({
    ...SIZE,
    title: "Annual volatility of simulated years under the Cosmos rule in base",
    xLabel: "annual volatility of a simulated year; the target of the mean is 0.8 to 1.2",
    groups: [{ label: "simulated years", tone: "learned", values: annual }],
    bins: 40,
    domain: [0.4, 2],
  });
}

function clusteringPlot({ returns }: MarketPaths): string {
  return curvePlot({
    ...SIZE,
    title: "Autocorrelation of absolute returns by lag, simulated and Ether",
    xLabel: "lag, days; band: middle 80 % of simulated years",
    yLabel: "autocorrelation of absolute returns",
    curves: [
      { label: "simulated", tone: "learned", ...clusteringBand(returns) },
      { label: "Ether", tone: "baseline", x: REAL_CLUSTERING.map((_, i) => i + 1), middle: REAL_CLUSTERING },
    ],
  });
}

function pricePlot({ price, exogenous }: MarketPaths): string {
  return curvePlot({
    ...SIZE,
    title: "Price and exogenous path over a year under the Cosmos rule in base",
    xLabel: "day; bands: 10 to 90 % of the paths",
    yLabel: "over the starting price",
    scale: "log",
    curves: [
      { label: "price", tone: "learned", ...priceBand(price) },
      { label: "exogenous alone", tone: "baseline", ...priceBand(exogenous) },
    ],
  });
}

const SETTLING: Readonly<Record<string, Tone>> = {
  bonded: "learned",
  leasePrice: "baseline",
  capacity: "learned3",
  value: "learned2",
  marginal: "bad",
};

function settlingPlot(): string {
  const daily = quietPath(1460, 1).filter((_, day) => day % 10 === 9);
  const x = daily.map((_, i) => 10 * (i + 1));
  const curves = Object.entries(SETTLING).map(([name, tone]): Curve => {
    const end = daily.at(-1)![name]!;
    return { label: name, tone, x, middle: daily.map((values) => values[name]! / end) };
  });
  return curvePlot({
    ...SIZE,
    title: "Ratios of the economy without shocks over four years, as shares of where they end",
    xLabel: "day, without shocks, constant actions",
    yLabel: "over its last value",
    curves,
  });
}

function drawdownPlot({ base, crash }: PlotInput): string {
  const curve = (label: string, tone: Tone, paths: readonly Float64Array[]): Curve => {
    return { label, tone, ...exceedance(fallsOf(paths).fromPeak) };
  };
  return curvePlot({
    ...SIZE,
    title: "Probability of a fall from the peak within a year, price and exogenous path alone",
    xLabel: "fall from the peak within a year, as a share",
    yLabel: "share of the paths that fall at least so far, %",
    percent: true,
    domain: [0, 1],
    curves: [
      curve("base", "learned", base.price),
      curve("base, alone", "learned3", base.exogenous),
      curve("crash", "bad", crash.price),
      curve("crash, alone", "baseline", crash.exogenous),
    ],
  });
}

function controlPlot({ scenarios, overall, feedback }: ControlResult): string {
  const rows = scenarios.map(({ scenario, shipped, own }) => ({ scenario, shipped, own }));
  return intervalPlot({
    title: "What feedback adds to the best constant of each scenario",
    xLabel: "mean objective above the best constant of the grid, 95 % intervals; the gate is 0.05",
    rows: [{ scenario: "mean", shipped: overall.shipped, own: overall.own }, ...rows].flatMap(({ scenario, shipped, own }) => [
      { label: `${scenario}: ${feedback}`, tone: "baseline" as const, ...shipped },
      { label: `${scenario}: tuned for it`, tone: "learned" as const, ...own },
    ]),
    width: SIZE.width,
    values: true,
  });
}

function sensitivityPlot(sensitivities: readonly Sensitivity[]): string {
  return intervalPlot({
    title: "Change of the mean objective under the Cosmos rule when a parameter is a quarter smaller or larger",
    xLabel: "change of the mean objective, paired shocks, 95 % intervals",
    rows: sensitivities.slice(0, 15).flatMap(({ name, less, more }) => [
      { label: `${name} −25 %`, tone: "baseline" as const, ...less },
      { label: `${name} +25 %`, tone: "learned" as const, ...more },
    ]),
    width: SIZE.width,
    values: true,
  });
}
