import { isEconomy, type ObservationStatistics } from "../../env/economy.js";
import type { ActionSpec, ParamSpec, World } from "../../env/world.js";

/** Largest gain of a normalised observation, in halves of an action's band: one spread can carry the action across the band twice. */
const WIDEST_GAIN = 4;

/** What the observations of a world are usually like: as measured, else, for want of better, by their bounds. */
export function statisticsOf(world: World): ObservationStatistics {
  return { ...boundStatistics(world), ...(isEconomy(world) ? world.observationStatistics : {}) };
}

/** The middle of the observation's bounds and a sixth of their distance. */
function boundStatistics(world: World): ObservationStatistics {
  const entries = Object.entries(world.observations).map(([name, { low, high }]) => {
    const bounded = Number.isFinite(high - low) && high > low;
    return [name, bounded ? { center: (low + high) / 2, spread: (high - low) / 6 } : { center: 0, spread: 1 }] as const;
  });
  return Object.fromEntries(entries);
}

/** Biases reach beyond the band, since strong gains of observations that lie off their centre have to be offset. */
const WIDEST_BIAS = 10;

/** Middle and half width of an action's band, fixed, and the tunable bias between its ends at -1 and 1. */
export function bandParams(
  name: string,
  field: Pick<ActionSpec, "unit" | "low" | "high" | "start">,
  source: string,
): Record<string, ParamSpec> {
  const middle = (field.low + field.high) / 2;
  const half = (field.high - field.low) / 2;
  const { unit, low, high } = field;
  const band = { unit, source: "action band" };
  return {
    [`middle.${name}`]: { ...band, value: middle, low, high, doc: `middle of the band of ${name}` },
    [`half.${name}`]: { ...band, value: half, low: 0, high: high - low, doc: `half the width of the band of ${name}` },
    [`bias.${name}`]: {
      value: (field.start - middle) / half,
      low: -WIDEST_BIAS,
      high: WIDEST_BIAS,
      unit: "1",
      source,
      doc: `${name} at the centre of all observations, -1..1 of its band`,
    },
  };
}

/** The gain of an action from an observation. */
export function gainParam(value = 0): ParamSpec {
  return {
    value,
    low: -WIDEST_GAIN,
    high: WIDEST_GAIN,
    unit: "1",
    source: "assumption",
    doc: "how far the action moves, in halves of its band, when the observation is one spread above its centre",
  };
}

/** How many spreads an observation counts for at most; fixed. */
export function clipParam(): ParamSpec {
  return {
    value: 4,
    low: 1,
    high: 10,
    unit: "1",
    source: "assumption",
    doc: "observations count for at most this many spreads",
  };
}

/** Centre and spread of observations as parameters; fixed, so that a tuned rule carries what it was tuned with. */
export function normalisation(
  units: Readonly<Record<string, { readonly unit: string }>>,
  statistics: ObservationStatistics,
  source = "statistics of the observation",
): Record<string, ParamSpec> {
  const params: Record<string, ParamSpec> = {};
  for (const [name, { unit }] of Object.entries(units)) {
    const { center, spread } = statistics[name] ?? { center: 0, spread: 1 };
    params[`center.${name}`] = { value: center, low: -1e12, high: 1e12, unit, source, doc: `centre of ${name}` };
    params[`spread.${name}`] = { value: spread, low: 1e-9, high: 1e12, unit, source, doc: `spread of ${name}` };
  }
  return params;
}

/**
 * First steps of a search for gains: their effects add up and their ranges are wide. Of 100 and more on akash and bittensor, steps of
 * 0.2 found nothing and 0.03 worked; of a few dozen 0.1 is as good.
 */
export function gainSteps(names: readonly string[]): Readonly<Record<string, number>> {
  const step = 0.6 / Math.sqrt(Math.max(names.length, 9));
  return Object.fromEntries(names.map((name) => [name, name.startsWith("bias.") ? 2 * step : step]));
}
