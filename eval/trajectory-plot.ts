import * as Plot from "@observablehq/plot";
import { escapeHtml } from "./html.js";
import { axisTitle, color, drawPlot, FONT_SIZE, fitText, type Tone, textWidth } from "./plot-frame.js";
import { logTicks, spanOf, tickCount, tickText } from "./plot-scale.js";

/** One controller's path through a market. All series have one value a day. */
export interface PlottedTrajectory {
  readonly label: string;
  readonly tone: Tone;
  /** Days of the economy, counted from 1. */
  readonly days: readonly number[];
  /** USD per token. */
  readonly price: readonly number[];
  /** Whole tokens. */
  readonly supply: readonly number[];
  /** What each lever was set to, breakers included, by its name. */
  readonly levers: Readonly<Record<string, readonly number[]>>;
  /** Whether a breaker held the controller on that day. */
  readonly held: readonly boolean[];
}

interface TrajectoryPlotOptions {
  readonly title: string;
  readonly trajectories: readonly PlottedTrajectory[];
  /** Written above a lever's panel, with its unit; the lever's name where it is absent. */
  readonly leverTitles: Readonly<Record<string, string>>;
  readonly width?: number;
}

const PRICE_HEIGHT = 230;
const PANEL_HEIGHT = 132;
const HEAD_HEIGHT = 52;
const MARGIN = { marginTop: 26, marginRight: 14, marginBottom: 36, marginLeft: 52 };

/**
 * Price over the whole width with the days that a breaker held marked, below it supply and every lever in two columns.
 * An SVG file of its own, for both colour schemes.
 */
export function trajectoryPlot({ title, trajectories, leverTitles, width = 900 }: TrajectoryPlotOptions): string {
  const levers = Object.keys(trajectories[0]!.levers);
  const half = width / 2;
  const panels = [
    place(0, HEAD_HEIGHT, pricePanel(trajectories, width)),
    ...["supply", ...levers].map((name, i) => {
      const panel = valuePanel({
        title: name === "supply" ? "Supply, tokens" : (leverTitles[name] ?? name),
        trajectories,
        values: name === "supply" ? ({ supply }) => supply : (trajectory) => trajectory.levers[name]!,
        width: half,
        step: name !== "supply",
      });
      return place((i % 2) * half, HEAD_HEIGHT + PRICE_HEIGHT + Math.floor(i / 2) * PANEL_HEIGHT, panel);
    }),
  ];
  const height = HEAD_HEIGHT + PRICE_HEIGHT + Math.ceil((1 + levers.length) / 2) * PANEL_HEIGHT;
  const frame =
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escapeHtml(title)}" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" font-family="system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif" font-size="${FONT_SIZE}">`;
  return `${frame}${head(title, trajectories, width)}${panels.join("")}</svg>`;
}

function place(x: number, y: number, svg: string): string {
  // The whole picture is read out by its own title.
  return svg.replace(/^<svg/, `<svg x="${x}" y="${y}"`).replace(/ role="img" aria-label="[^"]*"/, ' aria-hidden="true"');
}

/** Title, and below it the names of the controllers in their colours and what the marks mean. */
function head(title: string, trajectories: readonly PlottedTrajectory[], width: number): string {
  const parts = [
    `<text x="8" y="20" font-size="15" font-weight="600" style="fill:${color("ink")}">${escapeHtml(fitText(title, width))}</text>`,
  ];
  let x = 8;
  for (const { label, tone } of trajectories) {
    const name = fitText(label, width / 3);
    parts.push(
      `<line x1="${x}" x2="${x + 20}" y1="38" y2="38" stroke-width="3" style="stroke:${color(tone)}"/>`,
      `<text x="${x + 26}" y="42" font-weight="600" style="fill:${color(tone)}">${escapeHtml(name)}</text>`,
    );
    x += 26 + textWidth(name) + 24;
  }
  if (trajectories.some(({ held }) => held.includes(true))) {
    parts.push(
      `<path d="M${x},33h12l-6,10z" style="fill:${color("muted")}"/>`,
      `<text x="${x + 18}" y="42" style="fill:${color("muted")}">a breaker trips; the bar below shows the days it holds</text>`,
    );
  }
  return parts.join("");
}

interface DayValue {
  readonly day: number;
  readonly value: number;
}

function pointsOf({ days }: PlottedTrajectory, values: readonly number[]): DayValue[] {
  return days.map((day, i) => ({ day, value: values[i]! })).filter(({ value }) => Number.isFinite(value));
}

/** Prices on a logarithmic axis, on which the same loss in per cent is the same length everywhere. */
function pricePanel(trajectories: readonly PlottedTrajectory[], width: number): string {
  const series = trajectories.map((trajectory) => pointsOf(trajectory, trajectory.price).filter(({ value }) => value > 0));
  const [low, top] = spanOf(
    series.flat().map(({ value }) => value),
    "log",
  );
  const ticks = logTicks([low, top]);
  // A row at the foot of the panel for each controller that a breaker held.
  const rowHeight = (top / low) ** 0.045;
  const bottom = low / rowHeight ** (trajectories.length + 1);
  const marks = trajectories.flatMap((trajectory, i) => {
    const y = low / rowHeight ** (i + 1);
    const spans = heldSpans(trajectory);
    const priceOn = new Map(series[i]!.map(({ day, value }) => [day, value]));
    return [
      Plot.link(spans, { x1: "first", x2: "end", y1: () => y, y2: () => y, stroke: color(trajectory.tone), strokeWidth: 5 }),
      Plot.dot(spans, {
        x: "first",
        y: ({ first }: HeldSpan) => priceOn.get(first) ?? y,
        symbol: "triangle",
        rotate: 180,
        r: 6,
        dy: -9 - 11 * stackedBelow(trajectories, i),
        fill: color(trajectory.tone),
      }),
    ];
  });
  return drawPlot("Price", {
    width,
    height: PRICE_HEIGHT,
    ...MARGIN,
    x: dayAxis(width),
    y: { domain: [bottom, top], type: "log", label: null, ticks, tickFormat: tickText },
    marks: [
      Plot.gridY({ ticks, stroke: color("grid"), strokeOpacity: 1 }),
      axisTitle("Price, USD (logarithmic)", -10),
      ...series.map((data, i) => lineOf(data, trajectories[i]!.tone)),
      ...marks,
    ],
  });
}

/** How many controllers before this one have a mark at the place of its first, which would hide them. */
function stackedBelow(trajectories: readonly PlottedTrajectory[], i: number): number {
  const [own, ...others] = [trajectories[i]!, ...trajectories.slice(0, i)].map((each) => heldSpans(each)[0]?.first);
  return others.filter((first) => own !== undefined && first !== undefined && Math.abs(first - own) <= 5).length;
}

interface ValuePanel {
  readonly title: string;
  readonly trajectories: readonly PlottedTrajectory[];
  readonly values: (trajectory: PlottedTrajectory) => readonly number[];
  readonly width: number;
  /** Whether a value holds until the next day's. */
  readonly step: boolean;
}

function valuePanel({ title, trajectories, values, width, step }: ValuePanel): string {
  const series = trajectories.map((trajectory) => pointsOf(trajectory, values(trajectory)));
  const domain = spanOf(series.flat().map(({ value }) => value));
  const short = Math.max(...domain.map(Math.abs)) >= 1e5;
  return drawPlot(title, {
    width,
    height: PANEL_HEIGHT,
    ...MARGIN,
    x: dayAxis(width),
    y: { domain, label: null, ticks: 4, ...(short ? { tickFormat: tickText } : {}) },
    marks: [
      Plot.gridY({ ticks: 4, stroke: color("grid"), strokeOpacity: 1 }),
      axisTitle(fitText(title, width + 16), -10),
      ...series.map((data, i) => lineOf(data, trajectories[i]!.tone, step)),
    ],
  });
}

function lineOf(data: readonly DayValue[], tone: Tone, step = false): Plot.Markish {
  const curve = step ? ({ curve: "step-after" } as const) : {};
  return Plot.lineY(data, { x: "day", y: "value", stroke: color(tone), strokeWidth: 1.75, ...curve });
}

function dayAxis(width: number) {
  return { label: "day", labelAnchor: "center", labelArrow: "none", labelOffset: 32, ticks: tickCount(width) } as const;
}

interface HeldSpan {
  /** Day on which the breaker trips. */
  readonly first: number;
  /** First day on which it no longer holds. */
  readonly end: number;
}

/** Runs of days on which a breaker held. */
export function heldSpans({ days, held }: Pick<PlottedTrajectory, "days" | "held">): HeldSpan[] {
  const spans: { first: number; end: number }[] = [];
  for (const [i, day] of days.entries()) {
    if (!held[i]) continue;
    if (held[i - 1]) spans.at(-1)!.end = day + 1;
    else spans.push({ first: day, end: day + 1 });
  }
  return spans;
}
