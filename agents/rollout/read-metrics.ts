import { isEconomy } from "../../env/economy.js";
import { actionFields } from "../../env/lane/records.js";
import type { World } from "../../env/world.js";
import type { EpisodeMetrics } from "./episode-metrics.js";
import { type PlacedBlock, readField } from "./lane-block.js";

/**
 * Turns the sums that the compiled program kept into figures per episode.
 * @param horizon control steps that the episodes were run for
 * @param from,to range of lanes
 */
export function readMetrics(placed: PlacedBlock, world: World, horizon: number, from: number, to: number): EpisodeMetrics {
  const field = (name: string) => Float64Array.from(readField(placed, "m", name).subarray(from, to));
  const length = field("length");
  const map = (values: Float64Array, f: (value: number, episode: number) => number) => values.map(f);
  const perStep = (values: Float64Array) => map(values, (value, i) => value / Math.max(1, length[i]!));
  const named = (prefix: string, names: readonly string[], f: (values: Float64Array) => Float64Array) =>
    Object.fromEntries(names.map((name) => [name, f(field(prefix + name))]));
  const zeros = () => new Float64Array(to - from);
  const token = isEconomy(world);
  const start = token ? field("startPrice") : zeros();
  const startSupply = token ? field("startSupply") : zeros();
  const logReturn = token ? perStep(field("logReturn")) : zeros();
  return {
    // By the horizon, not by the length: a ruined world earns nothing for the days after its end.
    return: map(field("return"), (value) => value / horizon),
    service: token ? map(field("service"), (value) => value / horizon) : zeros(),
    annualVolatility: token
      ? map(perStep(field("squaredLogReturn")), (square, i) => Math.sqrt(Math.max(0, square - logReturn[i]! ** 2) * 365))
      : zeros(),
    supplyGrowth: token ? map(field("supply"), (value, i) => value / startSupply[i]! - 1) : zeros(),
    maxDrawdown: token ? field("maxDrawdown") : zeros(),
    fallFromStart: token ? map(field("lowest"), (value, i) => Math.max(0, 1 - value / start[i]!)) : zeros(),
    trips: token ? field("trips") : zeros(),
    interventionRate: token ? perStep(field("interventions")) : zeros(),
    length,
    terms: named("term.", Object.keys(world.terms), perStep),
    actions: named("action.", Object.keys(actionFields(world)), perStep),
    costs: named("cost.", Object.keys(world.constraints), (values) => values),
  };
}
