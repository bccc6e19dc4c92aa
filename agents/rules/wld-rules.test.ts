import { expect, test } from "vitest";
import { akash } from "../../env/economies/akash/index.js";
import { worldcoin } from "../../env/economies/worldcoin/index.js";
import type { Values } from "../../env/world.js";
import { CALM_WORLDCOIN, play as playOn } from "../../test/support/calm-days.js";
import { economiesOf, rulesFor } from "./registry.js";
import { actionFields } from "./role-fields.js";
import type { Rule } from "./rule.js";
import { wldInflationCap } from "./wld-inflation-cap.js";
import { wldTable } from "./wld-table.js";
import { wldTreasury } from "./wld-treasury.js";

const BAND = actionFields(worldcoin);
const play = (rule: Rule) => playOn(rule, CALM_WORLDCOIN);

test.each([wldTable, wldInflationCap, wldTreasury])("is for worldcoin only: another economy lacks what it sets, %o", (make) => {
  expect(rulesFor(worldcoin).map(({ id }) => id)).toContain(make(worldcoin).id);
  expect(() => make(akash)).toThrow(expect.objectContaining({ code: "E_RULE_WORLD" }));
});

test("these three are all that worldcoin has of its own", () => {
  const own = rulesFor(worldcoin).filter(({ id }) => economiesOf(id).length === 1);
  expect(own.map(({ id }) => id)).toEqual(["wld-table", "wld-inflation-cap", "wld-treasury"]);
});

test("the table rule gives the table, whatever happens", () => {
  const act = play(wldTable(worldcoin));
  expect(act({ grantValue: 0.01, drawdown: 3 })).toEqual(act({ grantValue: 19 }));
  expect(act().grant).toBe(1);
});

test("the cap rule releases less while circulation grows faster than the cap, more while slower, to the edges of the band", () => {
  const start = play(wldInflationCap(worldcoin))();
  expect(start.release).toBeCloseTo(0.2, 12);
  const [fast, slow] = [play(wldInflationCap(worldcoin)), play(wldInflationCap(worldcoin))];
  for (let day = 0; day < 400; day++) {
    fast({ netIssuance: 0.4 });
    slow({ netIssuance: 0.1 });
  }
  expect(fast({ netIssuance: 0.4 }).release).toBe(0);
  expect(slow({ netIssuance: 0.1 }).release).toBe(BAND["release"]!.high);
});

test("the treasury rule keeps the grant's dollar value as the price moves", () => {
  for (const grantValue of [0.8, 1.4, 3]) {
    const act = play(wldTreasury(worldcoin));
    for (let day = 0; day < 300; day++) act({ grantValue });
    expect(act({ grantValue }).grant! * grantValue).toBeCloseTo(1.3, 6);
  }
});

test("the treasury rule withholds in a drawdown and burns only while rich", () => {
  const at = (observation: Values) => play(wldTreasury(worldcoin))(observation);
  expect(at({ drawdown: 1 }).release).toBeLessThan(at({}).release!);
  expect(at({ treasury: 0.01 }).burnShare).toBeLessThan(at({ treasury: 0.6 }).burnShare!);
});
