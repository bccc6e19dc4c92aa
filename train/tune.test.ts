import { describe, expect, it } from "vitest";
import { constant } from "../agents/rules/constant.js";
import { none } from "../agents/rules/none.js";
import { parseRuleFile, serialiseRuleFile } from "../agents/rules/rule-file.js";
import { withParams } from "../agents/rules/rule-values.js";
import { meanInterval } from "../core/mean-interval.js";
import { uniform4 } from "../core/random.js";
import { mean } from "../core/statistics.js";
import type { Values } from "../env/world.js";
import { STAND_IN } from "../test/support/stand-in.js";
import {
  type EvaluateCandidates,
  type Markets,
  planBudget,
  type TuneEvent,
  type TuneOptions,
  type TuneResult,
  tune,
} from "./tune.js";

const rule = constant(STAND_IN);
const OPTIMUM = { issuance: 0.04, burnShare: 0.15, fee: 0.4 };

/** -(distance to the optimum, in spans of the bands)^2, plus luck that depends on the market alone. */
function objective(values: Values, market: number): number {
  const miss =
    ((values["issuance"]! - OPTIMUM.issuance) / 0.19) ** 2 +
    (values["burnShare"]! - OPTIMUM.burnShare) ** 2 +
    ((values["fee"]! - OPTIMUM.fee) / 0.4) ** 2;
  return -miss + 5 * uniform4(1, market, 0, 0).a;
}

const evaluate: EvaluateCandidates = async (candidates, { first, count }) =>
  candidates.map((values) => Float64Array.from({ length: count }, (_, i) => objective(values, first + i)));

const options: TuneOptions = { rule, evaluate, budgetEnvSteps: 365 * 8000, horizon: 365, seed: 3 };

async function run(changed: Partial<TuneOptions> = {}): Promise<{ events: TuneEvent[]; result: TuneResult }> {
  const events: TuneEvent[] = [];
  for await (const event of tune({ ...options, ...changed })) events.push(event);
  const last = events.at(-1)!;
  if (last.kind !== "result") throw new Error("the last event is not the result");
  return { events, result: last.result };
}

describe("tune", () => {
  it("finds the optimum, one coordinate of it on the edge of its range, though luck is 50 times the difference", async () => {
    const { result } = await run();
    expect(result.values["issuance"]).toBeCloseTo(OPTIMUM.issuance, 2);
    expect(result.values["burnShare"]).toBeCloseTo(OPTIMUM.burnShare, 1);
    expect(result.values["fee"]).toBeCloseTo(OPTIMUM.fee, 1);
    expect(result.choice.chosen).not.toBe("start");
    expect(() => withParams(rule, result.values)).not.toThrow();
  });

  it("gives the best so far and the choice the interval of their returns over the markets they were scored on", async () => {
    const all: { readonly returns: ArrayLike<number>; readonly mean: number }[][] = [];
    const { events, result } = await run({
      budgetEnvSteps: 365 * 500,
      evaluate: async (candidates, markets) => {
        const scored = await evaluate(candidates, markets);
        all.push(scored.map((returns) => ({ returns, mean: mean(returns) })));
        return scored;
      },
    });
    const highest = (group: (typeof all)[number]) => group.reduce((top, each) => (each.mean > top.mean ? each : top));
    const bests = events.flatMap((event) => (event.kind === "generation" ? [event.best] : []));
    expect(bests.length).toBe(all.length - 1);
    bests.forEach((best, i) => {
      expect(best).toEqual(meanInterval(highest(all.slice(0, i + 1).flat()).returns, 0.95));
    });
    const finalists = all.at(-1)!;
    expect(result.chosen).toEqual(meanInterval(highest(finalists).returns, 0.95));
    expect(result.start).toEqual(meanInterval(finalists[0]!.returns, 0.95));
    expect(result.chosen.low).toBeLessThan(result.chosen.mean);
    expect(result.choice.objectives[result.choice.chosen]).toBe(result.chosen.mean);
  });

  it("is the same again for a seed, and another for another", async () => {
    const [one, two, other] = [await run(), await run(), await run({ seed: 4 })];
    expect(one).toEqual(two);
    expect(other.result.values).not.toEqual(one.result.values);
  });

  it("stays within the budget and says what it used", async () => {
    let steps = 0;
    const counted: EvaluateCandidates = (candidates, markets) => {
      steps += candidates.length * markets.count * 365;
      return evaluate(candidates, markets);
    };
    const { result } = await run({ evaluate: counted });
    expect(result.used).toBe(steps);
    expect(steps).toBeLessThanOrEqual(options.budgetEnvSteps);
    expect(steps).toBeGreaterThan(0.9 * options.budgetEnvSteps);
  });

  it("gives each generation fresh markets and the final choice its own", async () => {
    const seen: Markets[] = [];
    await run({
      evaluate: (candidates, markets) => {
        seen.push(markets);
        return evaluate(candidates, markets);
      },
    });
    for (let i = 1; i < seen.length; i++)
      expect(seen[i]!.first).toBeGreaterThanOrEqual(seen[i - 1]!.first + seen[i - 1]!.count);
    expect(seen.at(-1)!.count).toBeGreaterThan(seen[0]!.count);
  });

  it("keeps the start values when nothing is better", async () => {
    const best = withParams(rule, OPTIMUM);
    const { result } = await run({ rule: best, budgetEnvSteps: 365 * 500 });
    expect(result.choice.chosen).toBe("start");
    expect(result.values).toEqual(OPTIMUM);
  });

  it("bears candidates that cannot be scored, and says so when none can", async () => {
    const half: EvaluateCandidates = async (candidates, markets) =>
      Array.from(await evaluate(candidates, markets), (returns, i) =>
        candidates[i]!["fee"]! < 0.1 ? Array.from(returns, () => Number.NaN) : returns,
      );
    const { events, result } = await run({ evaluate: half });
    expect(result.values["fee"]).toBeCloseTo(OPTIMUM.fee, 1);
    expect(events).toHaveLength(result.history.length + 1);
    const blind: EvaluateCandidates = async (candidates) => candidates.map(() => [Number.NaN]);
    await expect(run({ evaluate: blind })).rejects.toThrow(expect.objectContaining({ code: "E_TUNE_OBJECTIVE" }));
  });

  it("refuses a rule without parameters and a budget that is too small, naming the least", async () => {
    await expect(run({ rule: none(STAND_IN) })).rejects.toThrow("rule none has no tunable parameters");
    await expect(run({ budgetEnvSteps: 1000 })).rejects.toThrow(
      "a budget of 1000 env-steps is too small for 3 parameters, at least 157680 are needed",
    );
    await expect(run({ budgetEnvSteps: Number.NaN })).rejects.toThrow(expect.objectContaining({ code: "E_TUNE_BUDGET" }));
  });

  it("makes a rule file that reads back", async () => {
    const { result } = await run({ budgetEnvSteps: 365 * 500 });
    const { values, choice, used } = result;
    const head = {
      format: "flyball-rule",
      version: 1,
      rule: rule.id,
      economy: STAND_IN.id,
      paramsHash: "0".repeat(64),
    } as const;
    const file = { ...head, values, budget: { envSteps: 365 * 500, used }, seed: 3, choice };
    expect(parseRuleFile(serialiseRuleFile(file))).toEqual(file);
  });
});

describe("planBudget", () => {
  it("gives many parameters more generations, and a large budget more episodes, then more generations", () => {
    expect(planBudget(2_000_000, 365, 57, 24)).toEqual({ generations: 24, episodes: 8, choiceEpisodes: 205 });
    expect(planBudget(20_000_000, 365, 57, 24).episodes).toBe(42);
    expect(planBudget(20_000_000, 365, 57, 24).generations).toBe(46);
    expect(planBudget(20_000_000, 365, 3, 10).generations).toBeGreaterThan(46);
    expect(planBudget(200_000_000, 365, 57, 24)).toMatchObject({ episodes: 64, generations: 303 });
  });
});
