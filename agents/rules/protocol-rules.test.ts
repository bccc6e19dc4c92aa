import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { render } from "../../env/economies/render/index.js";
import { worldcoin } from "../../env/economies/worldcoin/index.js";
import { parseEnvOptions } from "../../env/settings.js";
import { CALM_RENDER, CALM_WORLDCOIN, play } from "../../test/support/calm-days.js";
import { createSimulator } from "../rollout/episodes.js";
import { demandFee } from "./demand-fee.js";
import { rulesFor } from "./registry.js";
import { renderGuidance } from "./render-guidance.js";
import { renderSchedule } from "./render-schedule.js";
import { actionFields } from "./role-fields.js";
import { withParams } from "./rule-values.js";
import { wldInflationCap } from "./wld-inflation-cap.js";
import { wldTable } from "./wld-table.js";
import { wldTreasury } from "./wld-treasury.js";

/** The rules of single protocols, in the order of the registry. `bounded`: they keep within the band themselves. */
const PROTOCOLS = [
  {
    economy: render,
    calm: CALM_RENDER,
    horizon: 365,
    bounded: false,
    rules: { "render-schedule": renderSchedule, "render-rnp-020": renderGuidance, "demand-fee": demandFee },
  },
  {
    economy: worldcoin,
    calm: CALM_WORLDCOIN,
    horizon: 30,
    bounded: true,
    rules: { "wld-table": wldTable, "wld-inflation-cap": wldInflationCap, "wld-treasury": wldTreasury },
  },
] as const;

describe.each(PROTOCOLS.map((protocol) => [protocol.economy.id, protocol] as const))("%s", (id, protocol) => {
  const { economy, horizon, rules } = protocol;

  test("its rules are found and run for an episode, compiled", async () => {
    const found = rulesFor(economy).filter((rule) => Object.hasOwn(rules, rule.id));
    expect(found.map((rule) => rule.id)).toEqual(Object.keys(rules));
    const simulator = await createSimulator({
      world: economy,
      lane: parseEnvOptions(economy, {}).lane,
      controllers: Object.fromEntries(found.map((rule) => [rule.id, rule] as const)),
      maxLanes: 4,
      maxHorizon: horizon,
      numThreads: 1,
    });
    const batches = [{ overrides: {}, episodes: 4, first: 0 }];
    const options = { batches, horizon, seed: 1, split: "test", block: 0, randomise: false } as const;
    const returns = found.map((rule) => simulator.run(rule.id, options)[0]!.metrics.return[0]!);
    await simulator.dispose();
    for (const value of returns) expect(value).toSatisfy(Number.isFinite);
    expect(new Set(returns).size).toBe(3);
  });

  test("every observation has measured statistics", () => {
    expect(Object.keys(economy.observationStatistics!)).toEqual(Object.keys(economy.observations));
  });
});

const CASES = PROTOCOLS.flatMap(({ rules, ...rest }) =>
  Object.entries(rules).map(([id, make]) => [id, { make, ...rest }] as const),
);

describe.each(CASES)("%s", (id, { make, economy, calm, bounded }) => {
  const band = actionFields(economy);

  test("carries its id and complete parameters within their ranges", () => {
    const rule = make(economy);
    expect(rule.id).toBe(id);
    for (const [name, { value, low, high, unit, source, doc }] of Object.entries(rule.params)) {
      expect(value, name).toBeGreaterThanOrEqual(low);
      expect(value, name).toBeLessThanOrEqual(high);
      expect(unit && source && doc, name).toBeTruthy();
    }
    for (const name of rule.tunable) expect(rule.params).toHaveProperty([name]);
  });

  test(`requests ${bounded ? "actions within the band" : "finite actions"} whatever it sees, NaN and infinities included`, () => {
    const value = fc.oneof(
      fc.double({ min: -10, max: 10, noNaN: true }),
      fc.constantFrom(Number.NaN, Infinity, -Infinity, 0, 1e300),
    );
    const observation = fc.record(Object.fromEntries(Object.keys(calm).map((name) => [name, value])));
    fc.assert(
      fc.property(fc.array(observation, { minLength: 1, maxLength: 60 }), (observations) => {
        const rule = make(economy);
        // Quarters as short as they may be, so that 60 days see some.
        const act = play("quarter" in rule.params ? withParams(rule, { quarter: 28 }) : rule, calm);
        for (const seen of [...observations, ...observations, {}]) {
          const action = act(seen);
          expect(Object.keys(action).toSorted()).toEqual(Object.keys(band).toSorted());
          for (const [name, requested] of Object.entries(action)) {
            expect(Number.isFinite(requested), name).toBe(true);
            if (bounded)
              expect(requested >= band[name]!.low && requested <= band[name]!.high, `${name} ${requested}`).toBe(true);
          }
        }
      }),
      { seed: 5, numRuns: 60 },
    );
  });
});
