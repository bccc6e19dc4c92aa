import { describe, expect, test } from "vitest";
import { rulesFor } from "../agents/rules/registry.js";
import { makeTunedRule } from "../agents/rules/rule-file.js";
import { ECONOMIES } from "../env/economies/index.js";
import type { Economy } from "../env/economy.js";
import { findEconomy } from "../env/registry.js";
import { parseEnvOptions } from "../env/settings.js";
import { fakeIo } from "../test/support/fake-io.js";
import { findControllers, loadShippedRules } from "./find-controllers.js";

const arenaOf = (economy: Economy) => ({ economy, lane: parseEnvOptions(economy, {}).lane });

describe.each(ECONOMIES.map((economy) => [economy.id, economy] as const))("%s", (_, economy) => {
  test("tuned values that ship are for its own rules, within their ranges", () => {
    for (const [id, file] of loadShippedRules(economy)) expect(makeTunedRule(file, economy).id).toBe(id);
  });

  test("`rules` is every rule once, tuned where tuned values ship", async () => {
    const found = await findControllers(fakeIo(), ["rules"], arenaOf(economy));
    const tuned = loadShippedRules(economy);
    expect(found.map(({ id }) => id)).toEqual(rulesFor(economy).map(({ id }) => (tuned.has(id) ? `${id} (tuned)` : id)));
  });
});

test("a rule that is named twice is one, in its plain and its tuned form two", async () => {
  const economy = findEconomy("akash");
  const ids = async (...names: string[]) => (await findControllers(fakeIo(), names, arenaOf(economy))).map(({ id }) => id);
  expect((await ids("none", "none", "rules")).filter((id) => id === "none")).toEqual(["none"]);
  const tuned = [...loadShippedRules(economy).keys()][0];
  if (tuned) expect(await ids(tuned, `${tuned}:tuned`)).toEqual([tuned, `${tuned} (tuned)`]);
});

test("values that were tuned with 8 subnets serve 127, but for rules with parameters of each subnet", async () => {
  const economy = findEconomy("bittensor@127");
  const tuned = loadShippedRules(economy);
  expect([...tuned.keys()]).toContain("subnet-quality");
  expect([...tuned.keys()]).not.toContain("affine");
  const [found] = await findControllers(fakeIo(), ["subnet-quality:tuned"], arenaOf(economy));
  const { gain } = tuned.get("subnet-quality")!.values;
  expect(found!.controller).toMatchObject({ params: { gain: { value: gain } } });
});

test("tuned values that do not ship are refused with what to do", async () => {
  await expect(findControllers(fakeIo(), ["max-burn:tuned"], arenaOf(findEconomy("akash")))).rejects.toThrow(
    "no tuned values of rule max-burn ship",
  );
});

test.each([
  ["tao-protocol", "akash", "rule tao-protocol is made for bittensor, not for akash-v1"],
  ["tao-protocol:tuned", "akash+spac", "rule tao-protocol is made for bittensor, not for akash-v1+spac"],
  ["akash-bme", "worldcoin", "rule akash-bme is made for akash, not for worldcoin-v1"],
])("%s in %s is refused by saying whose it is", async (name, economy, message) => {
  const found = findControllers(fakeIo(), [name], arenaOf(findEconomy(economy)));
  const hint = expect.stringContaining(`flyball rules --economy ${economy.split("+")[0]}`);
  await expect(found).rejects.toMatchObject({ code: "E_RULE_WORLD", message, hint });
});

test("a name that is no rule anywhere is answered with the nearest of the economy's own", async () => {
  const found = findControllers(fakeIo(), ["akash-bne"], arenaOf(findEconomy("akash")));
  await expect(found).rejects.toMatchObject({ code: "E_CONTROLLER_UNKNOWN", hint: expect.stringContaining("akash-bme") });
});
