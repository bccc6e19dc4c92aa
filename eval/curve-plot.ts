import * as Plot from "@observablehq/plot";
import { axisTitle, color, drawPlot, FONT_SIZE, fitText, type Tone, textWidth } from "./plot-frame.js";
import { logTicks, spanOf, spreadApart, tickCount, tickText } from "./plot-scale.js";

export interface Curve {
  readonly label: string;
  readonly tone: Tone;
  readonly x: ArrayLike<number>;
  readonly middle: ArrayLike<number>;
  /** Edges of the band; a line alone without them. */
  readonly low?: ArrayLike<number>;
  readonly high?: ArrayLike<number>;
}

interface CurvePlotOptions {
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

/** Lines, each with the band of its quantiles behind it, named at their right ends. Non-finite points are left out. */
export function curvePlot(options: CurvePlotOptions): string {
  const { curves, width, height, scale = "linear", percent } = options;
  const points = curves.map((curve) => pointsOf(curve, percent ? 100 : 1, scale));
  const domain = domainOf(options, points);
  const labelWidth = 14 + Math.max(0, ...curves.map(({ label }) => textWidth(label)));
  // Names beside the lines where there is room, else in rows above them.
  const beside = labelWidth < width * 0.24;
  const names = beside ? [] : legendRows(curves, width - 66);
  const margins = {
    marginTop: 28 + names.length * LEGEND_ROW,
    marginRight: beside ? labelWidth : 14,
    marginBottom: 40,
    marginLeft: 52,
  };
  const ticks = scale === "log" ? logTicks(domain) : Math.max(3, Math.round(height / 55));
  const short = scale === "log" || Math.max(...domain.map(Math.abs)) >= 1e5;
  const xAxis = { label: options.xLabel, labelAnchor: "center", labelArrow: "none", labelOffset: 34 } as const;
  return drawPlot(options.title, {
    width,
    height,
    ...margins,
    x: { ...xAxis, ticks: tickCount(width - margins.marginRight) },
    y: { domain, type: scale, label: null, ticks, ...(short ? { tickFormat: tickText } : {}) },
    marks: [
      Plot.gridY({ ticks, stroke: color("grid"), strokeOpacity: 1 }),
      axisTitle(options.yLabel, -12 - names.length * LEGEND_ROW),
      ...points.map((data, i) =>
        Plot.areaY(data, { x: "x", y1: "low", y2: "high", fill: color(curves[i]!.tone), fillOpacity: 0.16 }),
      ),
      ...points.map((data, i) => Plot.lineY(data, { x: "x", y: "middle", stroke: color(curves[i]!.tone), strokeWidth: 2 })),
      ...(beside ? endLabels(curves, points, domain, scale, height - margins.marginTop - 40) : legend(names)),
    ],
  });
}

function domainOf({ domain, percent, scale = "linear" }: CurvePlotOptions, points: readonly Point[][]): [number, number] {
  const factor = percent ? 100 : 1;
  if (domain) return [domain[0] * factor, domain[1] * factor];
  return spanOf(
    points.flat().flatMap(({ low, middle, high }) => [low, middle, high]),
    scale,
  );
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

/** Names above the frame, right-aligned, below the title of the axis; see {@link legendRows}. */
function legend(rows: readonly (readonly Curve[])[]): Plot.Markish[] {
  return rows.flatMap((row, r) => {
    let right = 0;
    return row.toReversed().map(({ label, tone }) => {
      const dx = right;
      right -= textWidth(label) + 16;
      return Plot.text([label], {
        frameAnchor: "top-right",
        lineAnchor: "bottom",
        text: (text) => text,
        dx,
        dy: -8 - (rows.length - 1 - r) * LEGEND_ROW,
        fill: color(tone),
        fontWeight: 600,
      });
    });
  });
}

/** Breaks the names into rows that fit the width. */
function legendRows(curves: readonly Curve[], width: number): Curve[][] {
  const rows: Curve[][] = [[]];
  let used = 0;
  for (const curve of curves) {
    const label = fitText(curve.label, width - 16);
    const needed = textWidth(label) + 16;
    if (used > 0 && used + needed > width) {
      rows.push([]);
      used = 0;
    }
    rows.at(-1)!.push({ ...curve, label });
    used += needed;
  }
  return rows;
}

const LEGEND_ROW = 16;

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
