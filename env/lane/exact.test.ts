import type { Decimal } from "decimal.js";
import { describe, expect, test } from "vitest";
import { units } from "../../compiler/primitives.js";
import type { Uses } from "../../compiler/schema.js";
import { uniform4 } from "../../core/random.js";
import { defineEconomy } from "../define-world.js";
import { ECONOMIES } from "../economies/index.js";
import type { Economy } from "../economy.js";
import { makeEnv } from "../environment.js";
import { findEconomy } from "../registry.js";
import { parseEnvOptions } from "../settings.js";
import type { StateValues, Values, WorldFunctions } from "../world.js";
import { createExactLane } from "./exact.js";

/** Actions anywhere in their bands. */
function anyAction(economy: Economy, day: number): number[] {
  const fields = economy.actions.kind === "continuous" ? Object.values(economy.actions.fields) : [];
  const draw = (i: number) => Object.values(uniform4(7, Math.floor(i / 4), day, 1))[i % 4]!;
  return fields.map(({ low, high }, i) => low + (high - low) * draw(i));
}

describe.each(ECONOMIES.map((economy) => [economy.id, economy] as const))("%s on the ledger", (_, economy) => {
  const days = 30;

  test("lives as the float64 functions do, up to what flooring to base units changes", () => {
    const options = { scenario: "base", split: "test", horizon: days } as const;
    const lane = createExactLane(economy, parseEnvOptions(economy, options));
    const env = makeEnv(economy, options);
    lane.reset(3, 0);
    env.reset({ seed: 3 });
    for (let day = 0; day < days; day++) {
      const action = anyAction(economy, day);
      lane.step(action);
      const { info, reward, terminated } = env.step(action);
      // A floor to 1e-6 tokens of some 1e8 is 1e-14; prices and policies amplify it over the days.
      for (const [name, value] of Object.entries(info.flows)) {
        expect(Math.abs(Number(lane.read("flows", name)) - value), `${name} on day ${day}`).toBeLessThan(
          1e-6 * (1 + Math.abs(value)),
        );
      }
      expect(Number(lane.read("lane", "reward"))).toBeCloseTo(reward, 6);
      expect(info.applied).toEqual(
        Object.fromEntries(
          Object.entries(info.applied).map(([name]) => [name, expect.closeTo(Number(lane.read("applied", name)), 9)]),
        ),
      );
      if (terminated) break;
    }
  });

  test("supply is the sum of the accounts, to the last base unit", () => {
    const lane = createExactLane(economy, parseEnvOptions(economy, { horizon: days }));
    lane.reset(5, 0);
    for (let day = 0; day < 10; day++) lane.step(anyAction(economy, day));
    const sum = economy.balances
      .map((name) => lane.read("state", name) as Decimal)
      .reduce((total, balance) => total.plus(balance));
    expect(sum.eq(lane.read("flows", "supply"))).toBe(true);
  });
});

/** Akash with something done to its state after every step. */
type Step = WorldFunctions["step"];
type Leak = (s: StateValues, p: Values, a: Values, z: Values, f: Values, u: { readonly units: typeof units }) => void;

function akashWith(leak: Leak): Economy {
  const economy = findEconomy("akash");
  const step = (
    s: StateValues,
    p: Values,
    a: Values,
    z: Values,
    f: Values,
    u: Uses & { readonly honest: Step; readonly leak: Leak; readonly units: typeof units },
  ) => {
    u.honest(s, p, a, z, f, u);
    u.leak(s, p, a, z, f, u);
  };
  return defineEconomy({
    ...economy,
    uses: { ...economy.uses, units, honest: economy.functions.step, leak },
    functions: { ...economy.functions, step },
  });
}

function dayOfLeak(mutant: Economy, days: number): void {
  const lane = createExactLane(mutant, parseEnvOptions(mutant, {}));
  lane.reset(1, 0);
  for (let day = 0; day < days; day++) lane.step(anyAction(mutant, day));
}

test("books that lose a millionth of a token stop the run on that day, with what moved", () => {
  const lossy = akashWith((s) => {
    s["liquid"] = s["liquid"]! - 0.000001;
  });
  expect(() => dayOfLeak(lossy, 1)).toThrow(
    /do not balance on day 1: accounts minus journal is -0\.000001 AKT; minted \d+\.\d+, burned \d[\d.]*, change of liquid -?\d[\d.]*, change of bonded /,
  );
});

test("a flow of tokens that is forgotten is named, with its day", () => {
  // What is burned stays in the float from the fourth day on.
  const unburned = akashWith((s, _p, _a, _z, f) => {
    s["liquid"] = s["liquid"]! + (s["day"]! > 3.5 ? f["burned"]! : 0);
  });
  expect(() => dayOfLeak(unburned, 3)).not.toThrow();
  expect(() => dayOfLeak(unburned, 6)).toThrow(
    /do not balance on day 4: accounts minus journal is \d[\d.]* AKT, as much as the flow burned; minted /,
  );
});

test("books that balance but mint or burn more than the breakers allow stop the run, with day and limit", () => {
  const press = akashWith((s, _p, a, _z, f, u) => {
    const more = u.units(a["mintLimit"]!);
    s["liquid"] = s["liquid"]! + more;
    s["supply"] = s["supply"]! + more;
    f["minted"] = f["minted"]! + more;
  });
  expect(() => dayOfLeak(press, 1)).toThrow(/akash-v1 minted \d[\d.]* AKT on day 1, the breakers allow \d[\d.]*$/);
  const fire = akashWith((s, _p, a, _z, f, u) => {
    const more = u.units(2 * a["burnLimit"]!);
    s["liquid"] = s["liquid"]! - more;
    s["supply"] = s["supply"]! - more;
    f["burned"] = f["burned"]! + more;
  });
  expect(() => dayOfLeak(fire, 1)).toThrow(/akash-v1 burned \d[\d.]* AKT on day 1, the breakers allow \d[\d.]*$/);
});
