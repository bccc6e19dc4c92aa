import * as Plot from "@observablehq/plot";
import type { Interval } from "../core/statistics.js";
import { formatBounds, formatFixed, intervalDecimals } from "./format.js";
import { color, drawPlot, FONT_SIZE, type Tone, textWidth } from "./plot-frame.js";

export interface IntervalRow extends Interval {
  readonly label: string;
  readonly tone: Tone;
}

export interface IntervalPlotOptions {
  /** What the plot shows, for readers who cannot see it. */
  readonly title: string;
  readonly xLabel: string;
  readonly rows: readonly IntervalRow[];
  readonly width: number;
  /** Writes the numbers beside the marks. */
  readonly values: boolean;
  /** Bars from zero instead of dots with whiskers. */
  readonly bars?: boolean;
  /** Shows shares as per cent. */
  readonly percent?: boolean;
  readonly domain?: readonly [number, number];
}

const ROW_HEIGHT = 26;
/** Keeps texts readable where a grid line passes behind them. */
const HALO = { stroke: color("paper"), strokeWidth: 4 } as const;
/** Below this width the label moves above its row. */
const NARROW = 480;

/** One row per controller: the mean and its interval on a common axis, with a line at zero. Rows keep their order. */
export function intervalPlot(options: IntervalPlotOptions): string {
  const { rows, width, percent } = options;
  const factor = percent ? 100 : 1;
  const marks = rows.map((row, index) => ({
    ...row,
    index,
    mean: row.mean * factor,
    low: row.low * factor,
    high: row.high * factor,
    stroke: color(row.tone),
  }));
  const texts = marks.map((row) => valueText(row, !options.bars, percent ? 1 : 4));
  const stacked = width < NARROW && options.values;
  const labelWidth = stacked ? 8 : Math.min(190, 14 + Math.max(...rows.map(({ label }) => textWidth(label))));
  const valueWidth = options.values && !stacked ? 14 + Math.max(...texts.map((text) => textWidth(text, 11))) : 16;
  const rowHeight = stacked ? 42 : ROW_HEIGHT;
  const domain = options.domain ?? spanOf(marks.flatMap(({ low, high }) => [low, high, 0]));
  return drawPlot(options.title, {
    width,
    height: rows.length * rowHeight + 50,
    marginLeft: labelWidth,
    marginRight: valueWidth,
    marginTop: 6,
    marginBottom: 44,
    x: {
      domain: [...domain],
      label: options.xLabel,
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: 38,
      ticks: tickCount(width),
    },
    y: { domain: [rows.length - 0.5, -0.5], axis: null },
    marks: [
      Plot.gridX({ stroke: color("grid"), strokeOpacity: 1, ticks: tickCount(width) }),
      Plot.ruleX([0], { stroke: color("muted"), strokeWidth: 1 }),
      ...valueMarks(marks, options.bars ?? false, stacked),
      Plot.text(marks, labelPosition(stacked)),
      ...(options.values ? [Plot.text(marks, valuePosition(texts, stacked, valueWidth))] : []),
    ],
  });
}

interface Mark extends IntervalRow {
  readonly index: number;
  readonly stroke: string;
}

function valueMarks(marks: readonly Mark[], bars: boolean, stacked: boolean): Plot.Markish[] {
  const dy = stacked ? 8 : 0;
  const whisker = { x1: "low", x2: "high", y: "index", dy, strokeLinecap: "round" } as const;
  if (!bars) {
    return [
      Plot.ruleY(marks, { ...whisker, stroke: "stroke", strokeWidth: 5, strokeOpacity: 0.4 }),
      Plot.dot(marks, { x: "mean", y: "index", dy, r: 4, fill: "stroke" }),
    ];
  }
  return [
    Plot.ruleY(marks, {
      x1: 0,
      x2: "mean",
      y: "index",
      dy,
      stroke: "stroke",
      strokeWidth: stacked ? 12 : 14,
      strokeOpacity: 0.55,
    }),
    Plot.ruleY(marks, { ...whisker, stroke: color("ink"), strokeWidth: 1.5 }),
  ];
}

function labelPosition(stacked: boolean): Plot.TextOptions {
  const shared = {
    text: "label",
    y: "index",
    fill: color("ink"),
    fontSize: FONT_SIZE,
    textAnchor: stacked ? "start" : "end",
  } as const;
  return { ...shared, ...HALO, frameAnchor: "left", dx: stacked ? 4 : -10, dy: stacked ? -9 : 0 };
}

function valuePosition(texts: readonly string[], stacked: boolean, valueWidth: number): Plot.TextOptions {
  return {
    text: (_, index: number) => texts[index]!,
    y: "index",
    frameAnchor: "right",
    textAnchor: "end",
    dx: stacked ? 0 : valueWidth - 4,
    dy: stacked ? -9 : 0,
    fontSize: 11,
    fontVariant: "tabular-nums",
    fill: color("muted"),
    ...HALO,
  };
}

function valueText(row: Interval, sign: boolean, mostDecimals: number): string {
  const decimals = Math.min(mostDecimals, intervalDecimals(row));
  return `${formatFixed(row.mean, decimals, sign)} ${formatBounds(row, decimals, sign)}`;
}

export interface Curve {
  readonly label: string;
  readonly tone: Tone;
  readonly x: ArrayLike<number>;
  readonly middle: ArrayLike<number>;
  /** Edges of the band; a line alone without them. */
  readonly low?: ArrayLike<number>;
  readonly high?: ArrayLike<number>;
}

export interface CurvePlotOptions {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly curves: readonly Curve[];
  readonly width: number;
  readonly height: number;
  readonly scale?: "linear" | "log";
  readonly percent?: boolean;
  /** Fixed ends of the vertical axis; else what the curves span. */
  readonly domain?: readonly [number, number];
}

/** Lines, each with the band of its quantiles behind it, labelled at their right ends. Non-finite points are left out. */
export function curvePlot(options: CurvePlotOptions): string {
  const { curves, width, height, scale = "linear", percent } = options;
  const factor = percent ? 100 : 1;
  const points = curves.map((curve) => pointsOf(curve, factor, scale));
  const everything = points.flat().flatMap(({ low, middle, high }) => [low, middle, high]);
  const domain = options.domain ? options.domain.map((end) => end * factor) : spanOf(everything, scale);
  const labelWidth = 14 + Math.max(0, ...curves.map(({ label }) => textWidth(label)));
  // Names beside the lines where there is room, else in a row above them.
  const beside = labelWidth < width * 0.24;
  const marginRight = beside ? labelWidth : 14;
  const marginTop = beside ? 30 : 44;
  const ticks = scale === "log" ? logTicks(domain as [number, number]) : Math.max(3, Math.round(height / 55));
  return drawPlot(options.title, {
    width,
    height,
    marginLeft: 52,
    marginRight,
    marginTop: 26,
    marginBottom: 40,
    x: {
      label: options.xLabel,
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: 34,
      ticks: tickCount(width - marginRight),
    },
    y: { domain, type: scale, label: null, ticks, tickFormat: tickText },
    marks: [
      Plot.gridY({ ticks, stroke: color("grid"), strokeOpacity: 1 }),
      axisTitle(options.yLabel, beside ? -12 : -28),
      ...points.map((data, i) =>
        Plot.areaY(data, { x: "x", y1: "low", y2: "high", fill: color(curves[i]!.tone), fillOpacity: 0.16, curve: "linear" }),
      ),
      ...points.map((data, i) => Plot.lineY(data, { x: "x", y: "middle", stroke: color(curves[i]!.tone), strokeWidth: 2 })),
      ...(beside ? endLabels(curves, points, domain as [number, number], scale, height - marginTop - 40) : legend(curves)),
    ],
  });
}

interface Point {
  readonly x: number;
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

function pointsOf({ x, low, middle, high }: Curve, factor: number, scale: "linear" | "log"): Point[] {
  const drawable = (point: Point) =>
    Object.values(point).every(Number.isFinite) && (scale === "linear" || Math.min(point.low, point.middle) > 0);
  return Array.from({ length: middle.length }, (_, i) => ({
    x: x[i]!,
    low: (low ?? middle)[i]! * factor,
    middle: middle[i]! * factor,
    high: (high ?? middle)[i]! * factor,
  })).filter(drawable);
}

/** What the vertical axis shows, in the upper left corner; `dy` above the frame. */
function axisTitle(text: string, dy: number): Plot.Markish {
  return Plot.text([text], {
    frameAnchor: "top-left",
    lineAnchor: "bottom",
    textAnchor: "start",
    text: (title) => title,
    dx: -44,
    dy,
  });
}

/** Names in a row above the frame, right-aligned, below the title of the axis. */
function legend(curves: readonly Curve[]): Plot.Markish[] {
  let right = 0;
  return curves.toReversed().map(({ label, tone }) => {
    const dx = right;
    right -= textWidth(label, 13) + 14;
    return Plot.text([label], {
      frameAnchor: "top-right",
      lineAnchor: "bottom",
      text: (text) => text,
      dx,
      dy: -8,
      fill: color(tone),
      fontWeight: 600,
    });
  });
}

/** Labels at the right ends, moved apart where they would overlap. */
function endLabels(
  curves: readonly Curve[],
  points: readonly Point[][],
  domain: readonly [number, number],
  scale: string,
  height: number,
) {
  const transform = scale === "log" ? Math.log : (value: number) => value;
  const [bottom, top] = domain.map(transform) as [number, number];
  const pixel = (value: number) => (height * (top - transform(value))) / (top - bottom);
  const ends = points.flatMap((data, i) => {
    const last = data.at(-1);
    return last ? [{ last, curve: curves[i]!, at: pixel(last.middle) }] : [];
  });
  const placed = spreadApart(
    ends.map(({ at }) => at),
    FONT_SIZE + 3,
  );
  return ends.map(({ last, curve, at }, i) =>
    Plot.text([last], {
      x: "x",
      y: "middle",
      text: () => curve.label,
      dx: 8,
      dy: placed[i]! - at,
      textAnchor: "start",
      fill: color(curve.tone),
      fontWeight: 600,
    }),
  );
}

/** Moves positions apart to at least `gap`, keeping their order and as near as a pass down and a pass up allow. */
export function spreadApart(positions: readonly number[], gap: number): number[] {
  const order = positions.map((_, i) => i).sort((a, b) => positions[a]! - positions[b]!);
  const placed = [...positions];
  for (let pass = 0; pass < 20; pass++) {
    for (let k = 1; k < order.length; k++) {
      const above = order[k - 1]!;
      const below = order[k]!;
      const missing = gap - (placed[below]! - placed[above]!);
      if (missing <= 1e-9) continue;
      placed[above]! -= missing / 2;
      placed[below]! += missing / 2;
    }
  }
  return placed;
}

export interface HistogramOptions {
  readonly title: string;
  readonly xLabel: string;
  readonly groups: readonly { readonly label: string; readonly tone: Tone; readonly values: ArrayLike<number> }[];
  readonly width: number;
  readonly height: number;
  readonly bins: number;
  readonly domain?: readonly [number, number];
}

/** Share of the values in each of `bins` equal intervals, one outline per group. Values outside the domain are not drawn. */
export function histogramPlot({ groups, bins, ...options }: HistogramOptions): string {
  const domain = options.domain ?? spanOf(groups.flatMap(({ values }) => Array.from(values)));
  const [low, high] = domain;
  const step = (high - low) / bins;
  const outlines = groups.map(({ values }) => {
    const counts = new Float64Array(bins);
    for (const value of Array.from(values)) {
      const bin = Math.floor((value - low) / step);
      if (bin >= 0 && bin < bins) counts[bin]!++;
    }
    return Array.from(counts, (count, bin) => ({ x: low + bin * step, share: (100 * count) / values.length })).concat({
      x: high,
      share: 0,
    });
  });
  return drawPlot(options.title, {
    width: options.width,
    height: options.height,
    marginLeft: 52,
    marginRight: 16,
    marginTop: 40,
    marginBottom: 40,
    x: {
      label: options.xLabel,
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: 34,
      ticks: tickCount(options.width),
      domain: [...domain],
    },
    y: { label: null, ticks: 4, tickFormat: tickText },
    marks: [
      Plot.gridY({ ticks: 4, stroke: color("grid"), strokeOpacity: 1 }),
      axisTitle("share of values, %", -12),
      ...outlines.flatMap((data, i) => [
        Plot.areaY(data, { x: "x", y: "share", curve: "step-after", fill: color(groups[i]!.tone), fillOpacity: 0.18 }),
        Plot.lineY(data, { x: "x", y: "share", curve: "step-after", stroke: color(groups[i]!.tone), strokeWidth: 1.75 }),
      ]),
      ...groups.map(({ label, tone }, i) =>
        Plot.text([label], {
          frameAnchor: "top-right",
          text: (d) => d,
          dy: i * 16 - 4,
          textAnchor: "end",
          fill: color(tone),
          fontWeight: 600,
        }),
      ),
    ],
  });
}

/** Range of the finite values with a little air; never empty. */
function spanOf(values: readonly number[], scale: "linear" | "log" = "linear"): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return scale === "log" ? [0.1, 1] : [0, 1];
  if (scale === "log") return [low / 1.05, high * 1.05];
  const air = (high - low) * 0.04 || Math.abs(high) * 0.1 || 1;
  return [low === 0 ? 0 : low - air, high === 0 ? 0 : high + air];
}

function tickCount(width: number): number {
  return Math.max(3, Math.min(8, Math.floor(width / 90)));
}

/** Ticks 1, 2, 5 of each decade; finer ones where the range is narrow. */
function logTicks([low, high]: readonly [number, number]): number[] {
  const within = (steps: readonly number[]) => {
    const first = Math.floor(Math.log10(low));
    const decades = Array.from({ length: Math.ceil(Math.log10(high)) - first + 1 }, (_, i) => 10 ** (first + i));
    return decades
      .flatMap((decade) => steps.map((step) => Number((step * decade).toPrecision(3))))
      .filter((t) => t >= low && t <= high);
  };
  const choices = [
    [1],
    [1, 3],
    [1, 2, 5],
    [1, 1.5, 2, 3, 4, 5, 6, 8],
    [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9],
  ];
  return choices.map(within).find((ticks) => ticks.length >= 3) ?? [low, high].map((end) => Number(end.toPrecision(3)));
}

function tickText(value: number): string {
  const size = Math.abs(value);
  if (value === 0) return "0";
  if (size >= 1e6) return `${formatFixed(value / 1e6, size >= 1e7 ? 0 : 1)}M`;
  if (size < 1e-3) return value.toExponential(0).replaceAll("-", "−");
  return String(Number(value.toPrecision(3))).replace("-", "−");
}
