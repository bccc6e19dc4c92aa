import type { FieldSpec, RecordSpec, Uses } from "../../compiler/schema.js";
import { isEconomy } from "../../env/economy.js";
import { actionFields } from "../../env/lane/records.js";
import type { World } from "../../env/world.js";

/** Sums over one episode of one lane, kept in the compiled program; {@link readMetrics} turns them into figures. */
export function metricsRecord(world: World): RecordSpec {
  const sum = (doc: string, unit = "1"): FieldSpec => ({ unit, doc });
  const named = (prefix: string, names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [prefix + name, sum(`sum of ${name}`)]));
  return {
    alive: sum("1 until the episode ended"),
    length: sum("control steps lived"),
    return: sum("sum of rewards"),
    ...named("term.", Object.keys(world.terms)),
    ...named("cost.", Object.keys(world.constraints)),
    ...named("action.", Object.keys(actionFields(world))),
    ...(isEconomy(world)
      ? {
          service: sum("sum of service"),
          startPrice: sum("price at the start"),
          startSupply: sum("supply at the start"),
          supply: sum("supply after the last step lived"),
          price: sum("price after the last step lived"),
          logReturn: sum("sum of log returns"),
          squaredLogReturn: sum("sum of squared log returns"),
          peak: sum("running price peak"),
          maxDrawdown: sum("largest 1 - price / peak"),
          lowest: sum("lowest price"),
          trips: sum("times that the drawdown halt tripped"),
          interventions: sum("steps in which the applied action differs from the requested one"),
        }
      : {}),
  };
}

export const metricsUses = (world: World): Uses => ({ hasToken: isEconomy(world) ? 1 : 0 });

type Values = Record<string, number>;
type MetricsUses = { readonly hasToken: number };

/** Called once after the reset: flows and metrics. */
export function startMetrics(f: Values, m: Values, u: MetricsUses): void {
  for (const name in m) m[name] = 0;
  m["alive"] = 1;
  if (u.hasToken > 0) {
    m["startPrice"] = f["price"]!;
    m["startSupply"] = f["supply"]!;
    m["price"] = f["price"]!;
    m["supply"] = f["supply"]!;
    m["peak"] = f["price"]!;
    m["lowest"] = f["price"]!;
  }
}

/** Called after each step: lane, applied action, flows, terms, costs, breakers. A lane that has ended no longer counts. */
export function accumulateMetrics(
  l: Values,
  a: Values,
  f: Values,
  r: Values,
  k: Values,
  b: Values,
  m: Values,
  u: MetricsUses,
): void {
  const alive = m["alive"]!;
  m["length"] = m["length"]! + alive;
  m["return"] = m["return"]! + alive * l["reward"]!;
  for (const name in r) m[`term.${name}`] = m[`term.${name}`]! + alive * r[name]!;
  for (const name in k) m[`cost.${name}`] = m[`cost.${name}`]! + alive * k[name]!;
  for (const name in a) {
    if (name !== "mintLimit" && name !== "burnLimit") m[`action.${name}`] = m[`action.${name}`]! + alive * a[name]!;
  }
  if (u.hasToken > 0) {
    const price = alive > 0.5 ? f["price"]! : m["price"]!;
    const logReturn = Math.log(price / m["price"]!);
    m["service"] = m["service"]! + alive * f["service"]!;
    m["price"] = price;
    m["supply"] = alive > 0.5 ? f["supply"]! : m["supply"]!;
    m["logReturn"] = m["logReturn"]! + logReturn;
    m["squaredLogReturn"] = m["squaredLogReturn"]! + logReturn * logReturn;
    m["peak"] = Math.max(m["peak"]!, price);
    m["maxDrawdown"] = Math.max(m["maxDrawdown"]!, 1 - price / m["peak"]!);
    m["lowest"] = Math.min(m["lowest"]!, price);
    m["trips"] = alive > 0.5 ? b["trips"]! : m["trips"]!;
    m["interventions"] = m["interventions"]! + alive * b["intervened"]!;
  }
  m["alive"] = alive * (1 - l["ended"]!);
}
