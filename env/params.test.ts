import { describe, expect, test } from "vitest";
import { toyEconomy } from "../test/support/toy-economy.js";
import { checkEnv } from "./check-env.js";
import { ECONOMIES } from "./economies/index.js";
import { makeEnv } from "./environment.js";
import { resolveParams } from "./params.js";
import { parseParamsFile, readParams } from "./params-file.js";
import { findEconomy } from "./registry.js";
import { parseEnvOptions } from "./settings.js";
import { checkDrawnAccounts } from "./start-accounts.js";
import { makeVectorEnv } from "./vector-env.js";
import type { World } from "./world.js";

const share = (value: number) => ({ value, low: 0, high: 1, unit: "1", source: "assumption", doc: "a share of the emission" });

/** The toy economy with a split in three. */
const split: World = {
  ...toyEconomy,
  params: { ...toyEconomy.params, owners: share(0.18), miners: share(0.41), validators: share(0.41) },
  sums: [{ params: ["owners", "miners", "validators"], total: 1 }],
};

describe("shares that must add up", () => {
  test("are taken when they do, rounding forgiven", () => {
    expect(resolveParams(split, { params: { miners: 0.3, validators: 0.52 } })).toMatchObject({ owners: 0.18, miners: 0.3 });
    expect(resolveParams(split, { params: { owners: 0.1, miners: 0.2, validators: 0.7 } })["validators"]).toBe(0.7);
  });

  test("are refused with the sum and each of them when they do not", () => {
    expect(() => resolveParams(split, { params: { miners: 0.5 } })).toThrow(
      "parameters of toy-v1 add up to 1.09, they must add up to 1: owners 0.18 + miners 0.5 + validators 0.41",
    );
    expect(() => makeEnv(split, { params: { owners: 0 } })).toThrow("add up to 0.82");
  });

  test("are left alone by the play with other parameters", () => {
    expect(checkEnv(makeEnv(split))).toEqual([]);
  });
});

describe("parameters that set more tokens aside than there are", () => {
  test("are refused, naming the account and what was changed", () => {
    const akash = findEconomy("akash");
    expect(() => makeEnv(akash, { params: { usageReference: 5e7 } })).toThrow(
      /^these parameters of akash-v1 start the account liquid at -\S+ AKT: usageReference 50000000$/,
    );
    expect(() => makeEnv(findEconomy("render"), { params: { supplyStart: 1e6 } })).toThrow("start the account liquid at -");
  });

  /** Every value in its range, the centre of the draws within the accounts: the start takes 1.4 of the escrow, draws up to 1.8. */
  const TIGHT = {
    supplyStart: 196997159.1758076,
    priceStart: 23.267354587146546,
    usageReference: 43820537.210649244,
    escrowTime: 31.45913331536576,
  };
  const refusal =
    /^random draws from these parameters of akash-v1 start the account liquid at -\S+ AKT \(seed 3, episode \d+, collateralStart drawn 1\.\d+\): supplyStart .*, priceStart .*, usageReference .*, escrowTime /;

  test("are refused where only a random draw does so, naming its seed, episode, account and what was drawn", () => {
    const akash = findEconomy("akash");
    const { lane, streams } = parseEnvOptions(akash, { params: TIGHT });
    expect(() => checkDrawnAccounts(akash, lane.params, { seed: 3, streams })).toThrow(refusal);
    // The draw that is named is the first one that fails, by the lane driver's own start of that episode.
    const failing = (episode: number) => {
      const p = { ...lane.params };
      akash.functions.drawParams(p, { seed: 3, episode, day: 0, stream: streams.scenario }, akash.uses);
      const s: Record<string, number> = {};
      akash.functions.reset(s, p, { seed: 3, episode, day: 0, stream: streams.reset }, akash.uses);
      return s["liquid"]! < 0;
    };
    const first = Array.from({ length: 500 }, (_, episode) => episode).findIndex(failing);
    expect(() => checkDrawnAccounts(akash, lane.params, { seed: 3, streams, count: first })).not.toThrow();
    expect(() => checkDrawnAccounts(akash, lane.params, { seed: 3, streams, count: first + 1 })).toThrow(`episode ${first},`);
    const env = makeEnv(akash, { params: TIGHT, scenario: "random", seed: 3 });
    expect(() => env.reset({ options: { episode: first } })).toThrow(refusal);
    expect(() => makeVectorEnv(akash, { params: TIGHT, scenario: "random", seed: 3, numLanes: 2 }).reset()).toThrow(refusal);
  });

  test.each(ECONOMIES.map((economy) => [economy.id, economy] as const))(
    "are in no random draw of a preset of %s",
    (_, economy) => {
      for (const preset of [undefined, ...Object.keys(economy.presets)]) {
        const { lane, streams } = parseEnvOptions(economy, preset === undefined ? {} : { preset });
        expect(() => checkDrawnAccounts(economy, lane.params, { seed: 1, streams, count: 1000 })).not.toThrow();
      }
    },
  );

  test.each(ECONOMIES.map((economy) => [economy.id, economy] as const))("are in no preset or scenario of %s", (_, economy) => {
    for (const preset of [undefined, ...Object.keys(economy.presets)]) {
      for (const scenario of Object.keys(economy.scenarios)) {
        expect(() => parseEnvOptions(economy, { scenario, ...(preset === undefined ? {} : { preset }) })).not.toThrow();
      }
    }
  });
});

describe.each(ECONOMIES.map((economy) => [economy.id, economy] as const))("a params file of %s", (id, economy) => {
  const [name, spec] = Object.entries(economy.params).find(([, { low, high }]) => low < high)!;
  const source = { kind: "test", from: "2024-01-01", to: "2024-12-31", days: 366, seed: 1, distance: 0, notes: [] };
  const file = (values: object, of = id) =>
    JSON.stringify({
      format: "flyball-params",
      version: 1,
      economy: of,
      values,
      source: { ...source, sha256: "0".repeat(64) },
    });
  const read = (text: string) => readParams(parseParamsFile(text), economy);

  test("may set any parameter to either end of its range", () => {
    for (const [param, { low, high }] of Object.entries(economy.params)) {
      expect(read(file({ [param]: low }))).toEqual({ [param]: low });
      expect(read(file({ [param]: high }))).toEqual({ [param]: high });
    }
  });

  test("is refused for unknown, missing and out-of-range values and for another economy", () => {
    const wrong = name.slice(0, -1) + (name.endsWith("x") ? "y" : "x");
    expect(() => read(file({ [wrong]: spec.value }))).toThrow(`parameter ${wrong} of ${id} does not exist`);
    expect(() => read(file({ [name]: spec.high + 1 }))).toThrow(
      `parameter ${name} is ${spec.high + 1}, allowed is ${spec.low} ..`,
    );
    expect(() => read(file({ [name]: spec.low - 1 }))).toThrow(`parameter ${name} is ${spec.low - 1}`);
    expect(() => read(file({ [name]: null }))).toThrow(`values.${name} of the params file`);
    expect(() => read(file({ [name]: "1" }))).toThrow(`values.${name} of the params file`);
    expect(() => read(file({}, "akash-v0"))).toThrow(`the params file is for economy akash-v0, not ${id}`);
    const { values: _, ...without } = JSON.parse(file({}));
    expect(() => read(JSON.stringify(without))).toThrow("values of the params file");
  });
});
