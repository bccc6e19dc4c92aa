import * as Plot from "@observablehq/plot";
import type { Interval } from "../core/statistics.js";
import { commonDecimals, formatBounds, formatFixed } from "./format.js";
import { color, drawPlot, FONT_SIZE, fitText, type Tone, textWidth } from "./plot-frame.js";
import { clippedSpan, tickCount } from "./plot-scale.js";

export interface IntervalRow extends Interval {
  readonly label: string;
  readonly tone: Tone;
}

interface IntervalPlotOptions {
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
  const decimals = commonDecimals(marks, percent ? 1 : 4);
  const texts = marks.map((row) => valueText(row, decimals, !options.bars));
  const stacked = width < NARROW && options.values;
  const room = Math.min(300, width * 0.55);
  const labels = rows.map(({ label }) => fitText(label, room));
  const labelWidth = stacked ? 8 : 14 + Math.max(0, ...labels.map((label) => textWidth(label)));
  const valueWidth = options.values && !stacked ? 14 + Math.max(0, ...texts.map((text) => textWidth(text, 11))) : 16;
  // The label is centred below the axis, which is not the middle of the plot.
  const axisRoom = width - Math.abs(labelWidth - valueWidth);
  const rowHeight = stacked ? 42 : ROW_HEIGHT;
  const domain = options.domain ?? clippedSpan(marks);
  const shown = marks.map((mark) => clip(mark, domain));
  return drawPlot(options.title, {
    width,
    height: rows.length * rowHeight + 50,
    marginLeft: labelWidth,
    marginRight: valueWidth,
    marginTop: 6,
    marginBottom: 44,
    x: {
      domain: [...domain],
      label: fitText(options.xLabel, axisRoom),
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: 38,
      ticks: tickCount(width),
    },
    y: { domain: [rows.length - 0.5, -0.5], axis: null },
    marks: [
      Plot.gridX({ stroke: color("grid"), strokeOpacity: 1, ticks: tickCount(width) }),
      zeroLine(shown, stacked),
      ...valueMarks(shown, options.bars ?? false, stacked),
      ...arrows(shown, texts, { stacked, values: options.values }),
      Plot.text(marks, labelPosition(labels, stacked)),
      ...(options.values ? [Plot.text(marks, valuePosition(texts, stacked, valueWidth))] : []),
    ],
  });
}

interface Mark extends IntervalRow {
  readonly index: number;
  readonly stroke: string;
}

interface ShownMark extends Mark {
  /** End of the axis beyond which the interval goes on; undefined where all of it is shown. */
  readonly cutAt?: number;
  /** Whether the mean itself lies beyond it. */
  readonly isBeyond: boolean;
}

/** Draws no further than the axis goes. */
function clip(mark: Mark, [start, end]: readonly [number, number]): ShownMark {
  const within = (value: number) => Math.min(end, Math.max(start, value));
  const isBeyond = mark.mean < start || mark.mean > end;
  const right = isBeyond ? mark.mean > end : mark.high > end;
  const cutAt = right ? end : mark.low < start ? start : undefined;
  const drawn = { ...mark, low: within(mark.low), high: within(mark.high), mean: within(mark.mean), isBeyond };
  return cutAt === undefined ? drawn : { ...drawn, cutAt };
}

interface ArrowLayout {
  readonly stacked: boolean;
  /** Whether the numbers are written beside the marks anyway. */
  readonly values: boolean;
}

/** An arrow where an interval goes on beyond the axis, with the numbers where they are written nowhere else. */
function arrows(marks: readonly ShownMark[], texts: readonly string[], { stacked, values }: ArrowLayout): Plot.Markish[] {
  const dy = stacked ? 8 : 0;
  return marks.flatMap(({ cutAt, index, isBeyond, stroke }) => {
    if (cutAt === undefined) return [];
    const right = cutAt > 0;
    const at = { x: () => cutAt, y: () => index };
    const arrow = Plot.dot([0], { ...at, dy, symbol: "triangle", rotate: right ? 90 : -90, r: 5, fill: stroke });
    if (!isBeyond || values) return [arrow];
    const side = { textAnchor: right ? "end" : "start", dx: right ? -9 : 9, dy: dy - 9 } as const;
    return [arrow, Plot.text([texts[index]!], { ...at, ...side, text: (text) => text, fontSize: 11, fill: color("muted") })];
  });
}

/** Where the numbers stand above the marks, the line keeps to the lower half of each row. */
function zeroLine(marks: readonly Mark[], stacked: boolean): Plot.Markish {
  const stroke = { stroke: color("muted"), strokeWidth: 1 };
  if (!stacked) return Plot.ruleX([0], stroke);
  return Plot.ruleX(marks, {
    ...stroke,
    x: () => 0,
    y1: ({ index }: Mark) => index - 0.02,
    y2: ({ index }: Mark) => index + 0.42,
  });
}

function valueMarks(marks: readonly ShownMark[], bars: boolean, stacked: boolean): Plot.Markish[] {
  const dy = stacked ? 8 : 0;
  const whisker = { x1: "low", x2: "high", y: "index", dy, strokeLinecap: "round" } as const;
  if (!bars) {
    return [
      Plot.ruleY(marks, { ...whisker, stroke: "stroke", strokeWidth: 5, strokeOpacity: 0.4 }),
      Plot.dot(
        marks.filter(({ isBeyond }) => !isBeyond),
        { x: "mean", y: "index", dy, r: 4, fill: "stroke" },
      ),
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

function labelPosition(labels: readonly string[], stacked: boolean): Plot.TextOptions {
  const shared = {
    text: (_: unknown, index: number) => labels[index]!,
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

function valueText(row: Interval, decimals: number, sign: boolean): string {
  return `${formatFixed(row.mean, decimals, sign)} ${formatBounds(row, decimals, sign)}`;
}
