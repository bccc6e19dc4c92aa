import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { escapeHtml } from "./html.js";

/** What a colour stands for, the same in every plot. */
export type Tone = "learned" | "learned2" | "learned3" | "baseline" | "rule" | "data" | "bad";

/** Colours of the light and the dark theme. Every plot refers to them as CSS variables, so a page may switch. */
const PALETTE = {
  ink: ["#1c2430", "#e8ebf0"],
  muted: ["#5b6577", "#98a2b3"],
  grid: ["#e4e7ec", "#2b3442"],
  paper: ["#ffffff", "#151b24"],
  learned: ["#2457d6", "#7aa2ff"],
  learned2: ["#7a3cc9", "#bf9bff"],
  learned3: ["#0a747b", "#4fd0d6"],
  baseline: ["#a9540a", "#f5a65b"],
  rule: ["#667085", "#8a95a6"],
  data: ["#344054", "#cbd2dd"],
  bad: ["#c2362f", "#ff8a80"],
  good: ["#0d7a52", "#5dd6a2"],
} as const;

/** CSS that defines the variables for the given selector, light first, dark where the reader prefers it. */
export function paletteCss(selector: string): string {
  const variables = (theme: 0 | 1) =>
    Object.entries(PALETTE)
      .map(([name, colors]) => `--${name}:${colors[theme]}`)
      .join(";");
  return `${selector}{${variables(0)}}@media (prefers-color-scheme: dark){${selector}{${variables(1)}}}`;
}

export function color(name: keyof typeof PALETTE): string {
  return `var(--${name})`;
}

export const FONT_SIZE = 12;

/** Rough width of a text in pixels; there is no layout engine here. Errs on the wide side. */
export function textWidth(text: string, fontSize = FONT_SIZE): number {
  return text.length * fontSize * 0.6;
}

/** The text, cut to a width in pixels with an ellipsis. */
export function fitText(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  return `${text.slice(0, Math.max(1, Math.floor(width / textWidth("x")) - 1))}…`;
}

/** Draws a plot to an SVG string with the frame that all plots share. `label` is read out in place of the picture. */
export function drawPlot(label: string, options: Plot.PlotOptions): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const figure = Plot.plot({
    document,
    className: "flyball-plot",
    style: {
      fontSize: `${FONT_SIZE}px`,
      fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
      color: color("muted"),
      background: "none",
    },
    ...options,
  });
  const svg = figure.nodeName.toLowerCase() === "svg" ? figure : figure.querySelector("svg")!;
  for (const style of svg.querySelectorAll("style")) style.remove();
  // Groups without a role may not be named; the drawing as a whole is an image with a name.
  for (const group of svg.querySelectorAll("g[aria-label]")) group.removeAttribute("aria-label");
  // Written here and not by the document, which leaves < in attributes alone; a file of its own must be well-formed XML.
  const attributes = `xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escapeHtml(label)}"`;
  return roundGeometry(svg.outerHTML.replace(/^<svg/, () => `<svg ${attributes}`));
}

/** What the vertical axis shows, in the upper left corner; `dy` above the frame. */
export function axisTitle(text: string, dy: number): Plot.Markish {
  return Plot.text([text], {
    frameAnchor: "top-left",
    lineAnchor: "bottom",
    textAnchor: "start",
    text: (title) => title,
    dx: -44,
    dy,
  });
}

/** A plot that stands alone as an SVG file: background (above the plot's own style, which leaves it to the page), font and colours included. */
export function standaloneSvg(svg: string): string {
  const style =
    `${paletteCss("svg")}svg{background:${color("paper")}!important;display:block;max-width:100%;height:auto}` +
    "text,tspan{white-space:pre}";
  return svg.replace(/(<svg[^>]*>)/, `$1<style>${style}</style>`);
}

/** A tenth of a pixel is enough, and keeps the file small. Only geometry: never a text. */
function roundGeometry(svg: string): string {
  return svg.replace(/ (d|transform|x|y|x1|x2|y1|y2|cx|cy|width|height)="([^"]*)"/g, (_, name: string, value: string) => {
    return ` ${name}="${value.replace(/\d+\.\d+/g, (digits) => String(Number(Number(digits).toFixed(1))))}"`;
  });
}
