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
    length: sum("control steps until the episode ended"),
    return: sum("sum of rewards"),
    ...named("term.", Object.keys(world.terms)),
    ...named("cost.", Object.keys(world.constraints)),
    ...named("action.", Object.keys(actionFields(world))),
    ...(isEconomy(world)
      ? {
          service: sum("sum of service"),
          startPrice: sum("price at the start"),
          startSupply: sum("supply at the start"),
          supply: sum("supply after the episode's last step"),
          price: sum("price after the episode's last step"),
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

/** What metrics are made of: records of a lane after a step. */
interface MetricsRecords {
  readonly lane: Readonly<Values>;
  readonly applied: Readonly<Values>;
  readonly flows: Readonly<Values>;
  readonly terms: Readonly<Values>;
  readonly costs: Readonly<Values>;
  readonly breakers: Readonly<Values>;
  readonly metrics: Values;
}
type MetricsUses = { readonly hasToken: number };

/** Called once after the reset. */
export function startMetrics({ flows, metrics }: Pick<MetricsRecords, "flows" | "metrics">, u: MetricsUses): void {
  for (const name in metrics) metrics[name] = 0;
  metrics["alive"] = 1;
  if (u.hasToken > 0) {
    metrics["startPrice"] = flows["price"]!;
    metrics["startSupply"] = flows["supply"]!;
    metrics["price"] = flows["price"]!;
    metrics["supply"] = flows["supply"]!;
    metrics["peak"] = flows["price"]!;
    metrics["lowest"] = flows["price"]!;
  }
}

/** Called after each step. A lane that has ended no longer counts. */
export function accumulateMetrics(records: MetricsRecords, u: MetricsUses): void {
  const { lane, applied, flows, terms, costs, breakers, metrics: m } = records;
  const alive = m["alive"]!;
  m["length"] = m["length"]! + alive;
  m["return"] = m["return"]! + alive * lane["reward"]!;
  for (const name in terms) m[`term.${name}`] = m[`term.${name}`]! + alive * terms[name]!;
  for (const name in costs) m[`cost.${name}`] = m[`cost.${name}`]! + alive * costs[name]!;
  for (const name in applied) {
    if (name !== "mintLimit" && name !== "burnLimit") m[`action.${name}`] = m[`action.${name}`]! + alive * applied[name]!;
  }
  if (u.hasToken > 0) {
    const price = alive > 0.5 ? flows["price"]! : m["price"]!;
    const logReturn = Math.log(price / m["price"]!);
    m["service"] = m["service"]! + alive * flows["service"]!;
    m["price"] = price;
    m["supply"] = alive > 0.5 ? flows["supply"]! : m["supply"]!;
    m["logReturn"] = m["logReturn"]! + logReturn;
    m["squaredLogReturn"] = m["squaredLogReturn"]! + logReturn * logReturn;
    m["peak"] = Math.max(m["peak"]!, price);
    m["maxDrawdown"] = Math.max(m["maxDrawdown"]!, 1 - price / m["peak"]!);
    m["lowest"] = Math.min(m["lowest"]!, price);
    m["trips"] = alive > 0.5 ? breakers["trips"]! : m["trips"]!;
    m["interventions"] = m["interventions"]! + alive * breakers["intervened"]!;
  }
  m["alive"] = alive * (1 - lane["ended"]!);
}
