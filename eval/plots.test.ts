import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { curvePlot } from "./curve-plot.js";
import { histogramPlot } from "./histogram-plot.js";
import { intervalPlot } from "./interval-plot.js";
import { fitText, standaloneSvg, textWidth } from "./plot-frame.js";
import { clippedSpan, logTicks, spreadApart } from "./plot-scale.js";

const rows = [
  { label: "ppo", tone: "learned", mean: 0.05, low: 0.04, high: 0.06 },
  { label: "none", tone: "rule", mean: -0.1, low: -0.15, high: -0.05 },
] as const;
const curves = [
  { label: "ppo", tone: "learned", x: [1, 2, 3], low: [1, 2, 3], middle: [2, 3, 4], high: [3, 4, 5] },
  { label: "cosmos-mint", tone: "baseline", x: [1, 2, 3], middle: [2, Number.NaN, 4.1] },
] as const;

const svgOf = (svg: string) => parseHTML(svg).document.querySelector("svg")!;

describe("interval plot", () => {
  const wide = intervalPlot({ title: "gain", xLabel: "minus none", rows, width: 700, values: true });

  test("draws a dot at each mean, the greater one further right, and writes the numbers", () => {
    const dots = [...svgOf(wide).querySelectorAll("circle")].map((dot) => Number(dot.getAttribute("cx")));
    expect(dots).toHaveLength(2);
    expect(dots[0]!).toBeGreaterThan(dots[1]!);
    expect(wide).toContain("+0.050 [+0.040, +0.060]");
  });

  test("puts labels above the rows where it is narrow", () => {
    const narrow = svgOf(intervalPlot({ title: "gain", xLabel: "minus none", rows, width: 340, values: true }));
    expect(Number(narrow.getAttribute("height"))).toBeGreaterThan(Number(svgOf(wide).getAttribute("height")));
  });

  test("keeps the axis label inside of a narrow plot, however long it is, and names of rules whole", () => {
    const name = "filecoin-baseline (tuned)";
    const xLabel = `minus ${"a-long-name-".repeat(9)}`;
    for (const values of [true, false]) {
      const plot = svgOf(
        intervalPlot({ title: "t", xLabel, rows: [...rows, { ...rows[1], label: name }], width: 330, values }),
      );
      const texts = [...plot.querySelectorAll("text")];
      const label = texts.find((node) => node.textContent?.startsWith("minus"))!;
      const centre = Number(/translate\(([\d.]+)/.exec(label.getAttribute("transform") ?? "")?.[1]);
      const half = textWidth(label.textContent ?? "") / 2;
      expect(centre - half).toBeGreaterThanOrEqual(-1);
      expect(centre + half).toBeLessThanOrEqual(331);
      expect(texts.map((node) => node.textContent)).toContain(name);
    }
  });

  test("draws nothing but the frame without rows", () => {
    expect(intervalPlot({ title: "gain", xLabel: "x", rows: [], width: 400, values: true })).not.toMatch(/NaN|Infinity/);
  });

  test("looks as it did", async () => {
    await expect(`${standaloneSvg(wide)}\n`).toMatchFileSnapshot("golden/interval-plot.svg");
  });
});

describe("curve plot", () => {
  const plot = curvePlot({ title: "price", xLabel: "day", yLabel: "USD", curves, width: 600, height: 240, scale: "log" });

  test("names the curves at their ends, apart from one another, and skips what is not finite", () => {
    const labels = [...svgOf(plot).querySelectorAll("text")].filter((node) =>
      ["ppo", "cosmos-mint"].includes(node.textContent ?? ""),
    );
    expect(labels).toHaveLength(2);
    expect(plot).not.toMatch(/NaN|Infinity/);
  });

  test("names them above the frame where it is narrow", () => {
    const narrow = curvePlot({ title: "price", xLabel: "day", yLabel: "USD", curves, width: 240, height: 240 });
    expect(narrow).toContain("cosmos-mint");
  });

  test("draws curves without a single value as an empty frame", () => {
    const none = [{ label: "none", tone: "rule", x: [1], middle: [Number.NaN] }] as const;
    expect(
      curvePlot({ title: "t", xLabel: "x", yLabel: "y", curves: none, width: 300, height: 200, scale: "log" }),
    ).not.toMatch(/NaN|Infinity/);
  });

  test("looks as it did", async () => {
    await expect(`${standaloneSvg(plot)}\n`).toMatchFileSnapshot("golden/curve-plot.svg");
  });
});

describe("histogram", () => {
  test("shows the share of each group per bin, values at the upper edge included in none beyond it", () => {
    const groups = [{ label: "data", tone: "data", values: [0.1, 0.2, 0.6, 5] }] as const;
    const plot = histogramPlot({
      title: "returns",
      xLabel: "return",
      groups,
      width: 300,
      height: 200,
      bins: 2,
      domain: [0, 1],
    });
    expect(plot).toContain("data");
    expect(plot).not.toMatch(/NaN|Infinity/);
  });
});

describe("an outlier", () => {
  const near = [1, 2, 3, 4].map((i) => ({ label: `near${i}`, tone: "rule", mean: i / 100, low: 0, high: i / 50 }) as const);
  const far = { label: "far", tone: "rule", mean: -9, low: -10, high: -8 } as const;

  test("does not squash the axis: it ends at half as far again as the others reach", () => {
    expect(clippedSpan([...near, far])[0]).toBeCloseTo(-0.12);
    expect(clippedSpan([...near, far])[1]).toBeCloseTo(0.12);
    expect(clippedSpan(near)[1]).toBeLessThan(0.09);
    // Two of five are no outliers, and neither is what reaches twice as far.
    expect(clippedSpan([...near.slice(0, 3), far, far])[0]).toBeLessThan(-10);
    expect(clippedSpan([...near, { low: -0.16, high: 0 }])[0]).toBeLessThan(-0.16);
  });

  test("is drawn as an arrow with its value, and every other row as a dot", () => {
    const plot = intervalPlot({ title: "t", xLabel: "x", rows: [...near, far], width: 330, values: false });
    expect(svgOf(plot).querySelectorAll("circle")).toHaveLength(4);
    expect(plot).toMatch(/>−9\.0* \[−10\.0*, −8\.0*\]</);
    expect(plot).toMatch(/rotate\(-90\)/);
  });
});

describe("scales", () => {
  test("positions are moved apart without changing their order", () => {
    const placed = spreadApart([10, 11, 50, 9], 15);
    expect(placed[3]! + 15).toBeLessThanOrEqual(placed[0]! + 1e-6);
    expect(placed[0]! + 15).toBeLessThanOrEqual(placed[1]! + 1e-6);
    expect(placed[2]! - placed[1]!).toBeGreaterThanOrEqual(15 - 1e-6);
    expect(spreadApart([0, 100], 15)).toEqual([0, 100]);
  });

  test("logarithmic ticks are round numbers within the range, at least two", () => {
    expect(logTicks([0.1, 100])).toEqual([0.1, 1, 10, 100]);
    expect(logTicks([0.9, 6])).toEqual([1, 2, 5]);
    expect(logTicks([2.01, 2.02]).length).toBeGreaterThanOrEqual(2);
  });

  test("a text is cut to its width with an ellipsis", () => {
    expect(fitText("short", 200)).toBe("short");
    const cut = fitText("a name that is far too long", 60);
    expect(cut.endsWith("…")).toBe(true);
    expect(textWidth(cut)).toBeLessThanOrEqual(60);
  });
});
