import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mechanisms } from "../../env/mechanisms/catalog.js";
import { ACTION_ROLES, OBSERVATION_ROLES } from "../../env/roles.js";
import { RULES } from "./registry.js";

const page = readFileSync(join(import.meta.dirname, "../../docs/reference/rules.md"), "utf8");

test("docs/reference/rules.md names every mechanism, every role and every rule that is not one economy's own", () => {
  const functions = Object.keys(mechanisms).filter((name) => !page.includes(`\`${name}(`));
  const own = /^(wld|render|tao|demand|subnet)-/;
  const names = [
    ...Object.keys(RULES).filter((id) => !own.test(id)),
    ...Object.keys(ACTION_ROLES),
    ...Object.keys(OBSERVATION_ROLES),
  ];
  expect([...functions, ...names.filter((name) => !page.includes(`\`${name}\``))]).toEqual([]);
});

test("what the page calls a rule or a mechanism exists", () => {
  const rows = [...page.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
  );
  const unknown = rows.filter((name) => !(name.replace(/\(.*/, "") in mechanisms) && !(name in RULES));
  expect(unknown).toEqual([]);
  expect(rows.length).toBeGreaterThan(40);
});
