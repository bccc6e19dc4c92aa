import { hashOf, sha256Hex } from "../../core/digest.js";

/**
 * Only numbers that a command computes are hashed, never the words, versions or times around them: a file may get another form
 * as long as it says the same.
 */
export function hashNumbers(value: unknown): string {
  return hashOf(value).slice(0, 16);
}

/** Documents are read loosely: what is missing counts as missing, and changes the hash. */
type Loose = { readonly [key: string]: Loose } & Iterable<Loose>;

const read = (text: string): Loose => JSON.parse(text) as Loose;

/** The decisions of a controller file depend on these and nothing else. */
export function policyNumbers(text: string): unknown {
  const { normalizer, network, structure, decisionInterval, actions, observations } = read(text)["controller"] ?? read(text);
  return {
    normalizer,
    network,
    ...(structure ? { structure } : {}),
    decisionInterval,
    actions: [...(actions ?? [])].map(({ name, low, high, maxMove, start }) => ({ name, low, high, maxMove, start })),
    observations: [...(observations ?? [])].map(({ name }) => name),
  };
}

/** What every controller of a report reached. Intervals are left out: they are statistics about these. */
export function reportNumbers(text: string): unknown {
  return [...(read(text)["controllers"] ?? [])].map(({ id, aggregate, byScenario }) => ({
    id,
    aggregate: means(aggregate),
    byScenario: Object.entries(byScenario ?? {}).map(([scenario, of]) => [scenario, means(of as Loose)]),
  }));
}

function means(of: Loose | undefined): unknown {
  return {
    return: of?.["return"]?.["mean"],
    minusBaseline: of?.["minusBaseline"]?.["mean"],
    volatility: of?.["annualVolatility"],
    supplyGrowth: of?.["supplyGrowth"],
    drawdown: of?.["drawdown"],
    trips: of?.["trips"],
  };
}

/** Means of the rewards, the learner's own figures: all of metrics.jsonl but the time. */
export function metricNumbers(text: string): unknown {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => {
      const { policyLoss, valueLoss, approxKl, gradNorm, meanReward } = read(line)["metrics"] ?? read(line);
      return { policyLoss, valueLoss, approxKl, gradNorm, meanReward };
    });
}

export function tunedNumbers(text: string): unknown {
  return read(text)["values"];
}

/** A trajectory without the breakers' inner memory: their effect is in the applied action and the trips. */
export function trajectoryHash(csv: string): string {
  const [header = "", ...rows] = csv.trimEnd().split("\n");
  const kept = header.split(",").flatMap((name, i) => (name.startsWith("breaker.") && !SHOWN.has(name) ? [] : [i]));
  const cut = (line: string) => {
    const cells = line.split(",");
    return kept.map((i) => cells[i]).join(",");
  };
  return sha256Hex([header, ...rows].map(cut).join("\n")).slice(0, 16);
}

const SHOWN = new Set(["breaker.tripped", "breaker.trips", "breaker.intervened"]);
