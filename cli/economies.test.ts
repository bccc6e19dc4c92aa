import { expect, test } from "vitest";
import { rulesFor } from "../agents/rules/registry.js";
import { ECONOMIES } from "../env/economies/index.js";
import { findEconomy } from "../env/registry.js";
import { flyball } from "../test/support/fake-io.js";
import { economiesSchema } from "./economies-schema.js";

test("economies --json tells of each all that a controller, a params file and a comparison need", async () => {
  const { code, out, err } = await flyball("economies --json");
  expect(code, err).toBe(0);
  const { economies } = economiesSchema.parse(JSON.parse(out));
  expect(economies.map(({ id }) => id)).toEqual(ECONOMIES.map(({ id }) => id));
  for (const described of economies) {
    const economy = findEconomy(described.name);
    expect(economy.id).toBe(described.id);
    for (const part of ["observations", "params", "scenarios", "objectives", "constraints", "presets", "terms"] as const) {
      expect(Object.keys(described[part]), `${part} of ${described.id}`).toEqual(Object.keys(economy[part]));
    }
    expect(Object.keys(described.rules)).toEqual(rulesFor(economy).map(({ id }) => id));
    const varied = Object.entries(described.params).filter(([, { varied }]) => varied);
    expect(varied.map(([name]) => name).sort()).toEqual([...economy.varying].sort());
  }
});

test("economies without --json has a line for each and names the kinds of listing", async () => {
  const { out } = await flyball("economies");
  for (const { id, doc } of ECONOMIES) expect(out).toMatch(new RegExp(`^${id} .*${doc.slice(0, 20)}`, "m"));
  expect(out).toContain("kinds of --listed: ");
});
