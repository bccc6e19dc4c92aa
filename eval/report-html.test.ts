import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { syntheticReportInput } from "../test/support/synthetic-runs.js";
import { formatBounds, formatFixed } from "./format.js";
import { renderPicture } from "./picture.js";
import { buildReport } from "./report.js";
import { renderReport } from "./report-html.js";

const input = syntheticReportInput({ episodes: 60, days: 40, seed: 3 });
const report = buildReport(input);
const html = renderReport(report);
const { document } = parseHTML(html);
const text = document.querySelector("body")!.textContent ?? "";

describe("the page", () => {
  test("stands alone: no scripts, no links out, nothing loaded", () => {
    expect(/<script|<link|<img|<iframe|@import|url\(/i.exec(html)?.[0]).toBeUndefined();
    const outside = [...html.matchAll(/(?:href|src)="([^"]*)"/g)]
      .map((match) => match[1]!)
      .filter((target) => !target.startsWith("#"));
    expect(outside).toEqual([]);
  });

  test("names each table apart, for readers who do not see what it is below", () => {
    const names = [...document.querySelectorAll('[role="region"]')].map((region) => region.getAttribute("aria-label"));
    expect(names.length).toBeGreaterThan(report.scenarios.length);
    expect([...new Set(names)]).toEqual(names);
    expect(names).toContain("Objective per day, all scenarios");
    expect(names).toContain(`Objective per day, ${report.scenarios[0]}`);
  });

  test("has no undefined, NaN, null or Infinity in any text or drawing", () => {
    expect(/.{0,40}(?:undefined|\bNaN\b|\[object|>null<|"null"|Infinity)/.exec(html)?.[0]).toBeUndefined();
  });

  test("shows the difference of every controller with its interval, and every verdict", () => {
    for (const { id, isBaseline, aggregate } of report.controllers) {
      expect(text.includes(id), id).toBe(true);
      if (isBaseline) continue;
      expect(text.includes(aggregate.verdict)).toBe(true);
      // A column has the decimals that suit most of its rows.
      const gain = aggregate.minusBaseline;
      const forms = [2, 3, 4, 5].map((digits) => `${formatFixed(gain.mean, digits, true)} ${formatBounds(gain, digits, true)}`);
      expect(
        forms.some((form) => text.includes(form)),
        forms.join(),
      ).toBe(true);
      expect(
        text.includes(formatFixed(aggregate.return.mean, 3).slice(0, 5)),
        formatFixed(aggregate.return.mean, 3).slice(0, 5),
      ).toBe(true);
    }
  });

  test("shows every scenario, term, action, ablation, seed, hash and command", () => {
    const { provenance } = report;
    const names = [
      ...report.scenarios,
      ...Object.keys(provenance.terms),
      ...Object.keys(provenance.actions),
      ...Object.values(provenance.scenarioDocs),
      provenance.paramsHash,
      `${provenance.seed}, block ${provenance.seedBlock}`,
      String(provenance.run["command"]),
    ];
    expect(names.filter((name) => !text.includes(name))).toEqual([]);
    for (const { minusFull } of report.ablation)
      expect(text.includes(formatBounds(minusFull, 4)), formatBounds(minusFull, 4)).toBe(true);
  });

  test("has a heading for every link of its navigation, and a label for every drawing", () => {
    for (const link of document.querySelectorAll("nav a")) {
      expect(document.querySelector(link.getAttribute("href")!)?.closest("section")?.querySelector("h2")?.textContent).toBe(
        link.textContent,
      );
    }
    const drawings = [...document.querySelectorAll("svg")];
    expect(drawings.length).toBeGreaterThan(20);
    for (const drawing of drawings) expect(drawing.getAttribute("aria-label")).not.toBe("");
  });

  test("tables scroll inside a region that the keyboard reaches, and only what has a role is named", () => {
    const tables = [...document.querySelectorAll("table")];
    expect(tables.length).toBeGreaterThan(5);
    for (const table of tables) {
      const region = table.parentElement!;
      const attributes = ["tabindex", "role", "aria-label"].map((name) => region.getAttribute(name));
      expect(attributes).toEqual(["0", "region", expect.stringMatching(/./)]);
    }
    expect(document.querySelectorAll("[aria-label]:not([role])")).toHaveLength(0);
  });

  test("opens with the comparison alone unfolded, and a link leads into its fold, which opens it", () => {
    const folds = [...document.querySelectorAll("details.fold")];
    expect(folds.filter((fold) => fold.hasAttribute("open"))).toHaveLength(1);
    for (const link of document.querySelectorAll("nav a")) {
      expect(document.querySelector(link.getAttribute("href")!)?.closest("details.fold")).not.toBeNull();
    }
  });

  test("shows which preset the results hold for", () => {
    const preset = { name: "mature", doc: "usage grown about fortyfold" };
    const page = renderReport({ ...report, provenance: { ...report.provenance, preset } });
    expect(page).toContain("Parameters: preset mature.</b> usage grown about fortyfold");
  });

  test("is the same for the same report", () => {
    expect(renderReport(report) === html).toBe(true);
  });

  test("leaves out what was not run", () => {
    const runs = input.runs
      .filter(({ kind }) => kind === "rule")
      .map((run) => ({
        ...run,
        scenarios: Object.fromEntries(Object.entries(run.scenarios).map(([name, { metrics }]) => [name, { metrics }])),
      }));
    const plain = renderReport(buildReport({ ...input, runs, frozen: [], otherHorizons: [] }));
    expect(plain).toContain("No learned controller was compared.");
    expect(/id="markets"|id="horizons"|undefined|NaN/.exec(plain)?.[0]).toBeUndefined();
  });
});

test("whatever a name holds stays text", () => {
  const evil = `<img src=x onerror="alert(1)">&'`;
  const runs = input.runs.map((run) => (run.id === "ppo" ? { ...run, id: evil } : run));
  const frozen = input.frozen.map((entry) => ({ ...entry, of: evil, channel: evil }));
  const otherHorizons = input.otherHorizons.map(({ days, runs: longer }) => ({
    days,
    runs: longer.map((run) => (run.id === "ppo" ? { ...run, id: evil } : run)),
  }));
  const provenance = {
    ...input.provenance,
    paramsHash: evil,
    run: { command: evil },
    controllers: { [evil]: { source: evil } },
  };
  const hostile = buildReport({ ...input, economy: evil, runs, frozen, otherHorizons, provenance });
  const page = renderReport(hostile);
  expect(page.includes("<img")).toBe(false);
  expect(parseHTML(page).document.querySelector("img")).toBeNull();
  expect(renderPicture(hostile).includes("<img")).toBe(false);
});

describe("the picture", () => {
  test("is an SVG file of its own with colours for light and dark", () => {
    const picture = renderPicture(report);
    expect(picture).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(picture).toContain("prefers-color-scheme: dark");
    for (const { id, isBaseline } of report.controllers) if (!isBaseline) expect(picture).toContain(`>${id}<`);
  });
});
