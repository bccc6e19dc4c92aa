import { formatInteger, formatShort } from "./format.js";
import { escapeHtml, section } from "./html.js";
import { crashSection, marketSection } from "./market-sections.js";
import { METRIC_KEYS, METRICS } from "./metric-glossary.js";
import { horizonSection, metricSection } from "./number-sections.js";
import type { Report } from "./report-schema.js";
import { REPORT_CSS } from "./report-style.js";
import {
  attainableSection,
  comparisonSection,
  headlineSection,
  presetBanner,
  scenarioSection,
  sourceSection,
} from "./result-sections.js";

/** One self-contained page: no scripts, nothing from the net, the plots drawn as SVG. Everything from outside is escaped. */
export function renderReport(report: Report): string {
  const { economy, baseline, scenarios, provenance } = report;
  const parts = [
    comparisonSection(report),
    scenarioSection(report),
    attainableSection(report),
    sourceSection(report),
    horizonSection(report),
    marketSection(report),
    crashSection(report),
    metricSection(report),
    provenanceSection(report),
  ].filter((part) => part !== "");
  const subtitle =
    `${scenarios.length} scenarios × ${formatInteger(provenance.episodes)} episodes × ${formatInteger(provenance.days)} days, ` +
    `the same markets for every controller; baseline ${baseline}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(`Flyball report: ${economy}`)}</title>
<style>${REPORT_CSS}</style>
</head>
<body>
<header>
<p class="eyebrow">Flyball evaluation report</p>
<h1>${escapeHtml(economy)}</h1>
<p class="subtitle">${escapeHtml(subtitle)}</p>
${presetBanner(report)}
${navigation(parts)}
</header>
<main>
${headlineSection(report)}
${parts.join("\n")}
</main>
<footer>${escapeHtml(FOOTER)}</footer>
</body>
</html>
`;
}

const FOOTER =
  "Intervals say how sure the means are over markets drawn from this simulator. They say nothing about how well the simulator is like the " +
  "real economy, nor about the spread between training runs with other seeds.";

function navigation(parts: readonly string[]): string {
  const links = parts.flatMap((part) => {
    const match = /<summary><h2>([^<]+)<\/h2><\/summary><p class="lead" id="([^"]+)"/.exec(part);
    return match ? [`<a href="#${match[2]}">${match[1]}</a>`] : [];
  });
  return `<nav>${links.join("")}</nav>`;
}

function provenanceSection(report: Report): string {
  const { provenance } = report;
  const { objective } = provenance;
  const facts: [string, string | number][] = [
    ["economy", report.economy],
    ["params hash", provenance.paramsHash],
    ["objective", `${objective.name}, version ${objective.version}: ${weightText(objective.weights)}`],
    ["scenarios", report.scenarios.join(", ")],
    ["episodes", `${formatInteger(provenance.episodes)} per scenario, ${formatInteger(provenance.days)} days`],
    ["test seed", `${provenance.seed}, block ${provenance.seedBlock}`],
    ["intervals", `${provenance.level * 100} %: Student's t with a skewness correction, exact ones for probabilities`],
    [
      "verdicts",
      `${report.verdicts.count} corrected together (Holm), ${report.verdicts.withdrawn} undecided for it; none below ${report.verdicts.minEpisodes} episodes a scenario`,
    ],
    ...Object.entries(provenance.run),
  ];
  const controllers = Object.entries(provenance.controllers).map(([id, entries]) => [id, pairsText(entries)] as const);
  return section(
    "provenance",
    "Provenance",
    "What is needed to run this comparison again.",
    `${definitions(facts)}<h3>Controllers</h3>${definitions(controllers)}<h3>What the words mean</h3>${glossary(report)}`,
  );
}

function glossary(report: Report): string {
  const metrics = METRIC_KEYS.map((key) => [METRICS[key].label, METRICS[key].doc] as const);
  const terms = Object.entries(report.provenance.terms).map(([name, { doc }]) => [`term ${name}`, doc] as const);
  const actions = Object.entries(report.provenance.actions).map(([name, { doc }]) => [`action ${name}`, doc] as const);
  const items = [...WORDS, ...metrics, ...terms, ...actions];
  return definitions(items);
}

const WORDS = [
  ["objective", "mean over the control steps of the weighted sum of the terms; what controllers are compared by"],
  [
    "better, worse",
    "on average: the interval of the paired difference to the baseline lies above, below zero, and P stays below .05 after the correction for all verdicts; P(better) says in how many markets",
  ],
  ["undecided", "neither of the two, or too few episodes"],
  [
    "violates",
    "clearly more breaker trips or drawdowns of 70 % than the baseline, or a cost above its limit and above the baseline",
  ],
  ["P(better)", "share of markets in which the controller has the higher objective, a tie counting half"],
  ["only here", "it happens under this controller and not under the baseline, in the same market"],
] as const;

function weightText(weights: Readonly<Record<string, number>>): string {
  return Object.entries(weights)
    .map(([name, weight]) => `${name} ${formatShort(weight)}`)
    .join(", ");
}

function pairsText(entries: Readonly<Record<string, string | number>>): string {
  return Object.entries(entries)
    .map(([name, value]) => `${name} ${typeof value === "number" && Number.isInteger(value) ? formatInteger(value) : value}`)
    .join(", ");
}

function definitions(items: readonly (readonly [string, string | number])[]): string {
  const rows = items.map(([name, value]) => {
    const text = escapeHtml(String(value));
    return `<dt>${escapeHtml(name)}</dt><dd>${name === "command" ? `<code>${text}</code>` : text}</dd>`;
  });
  return rows.length === 0 ? "" : `<dl>${rows.join("")}</dl>`;
}
