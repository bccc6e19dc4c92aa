import * as Plot from "@observablehq/plot";
import { axisTitle, color, drawPlot, type Tone } from "./plot-frame.js";
import { spanOf, tickCount, tickText } from "./plot-scale.js";

interface HistogramOptions {
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
