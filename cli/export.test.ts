import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EXPORT_FORMATS, LATER_FORMATS } from "../agents/export/formats.js";
import { parseControllerFile } from "../agents/learned/controller-file.js";
import { findEconomy } from "../env/registry.js";
import { fakeIo, flyball } from "../test/support/fake-io.js";

const SMALL =
  "--set algorithm=ppo --set numEnvs=64 --set numSteps=16 --set numMinibatches=2 --set hidden=8 --set decisionInterval=7 --steps 14336 --threads 1";

test("a run is exported in every format of the list, the controller being the same in all", async () => {
  const io = fakeIo();
  const trained = await flyball(`train akash ${SMALL} --out run`, io);
  expect(trained.code, trained.err).toBe(0);
  const first = await flyball("export run --out first.json", io);
  expect(first.code, first.err).toBe(0);
  const file = parseControllerFile(readFileSync(join(io.cwd, "first.json"), "utf8"));
  for (const { id, fileName, render } of EXPORT_FORMATS) {
    const { code, out, err } = await flyball(`export run --format ${id} --out ${fileName} --json`, io);
    expect(code, err).toBe(0);
    const text = readFileSync(join(io.cwd, fileName), "utf8");
    expect(text).toBe(render(file, findEconomy("akash")));
    expect(JSON.parse(out)).toMatchObject({ file: fileName, format: id, economy: "akash-v1", bytes: text.length });
  }
});

test("a format that is none or not yet is refused before anything is read", async () => {
  const ids = EXPORT_FORMATS.map(({ id }) => id).join(", ");
  const unknown = await flyball("export run --format yaml --out c.yaml");
  expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining(`--format must be one of ${ids}, got "yaml"`) });
  for (const later of LATER_FORMATS) {
    const { code, err } = await flyball(`export run --format ${later} --out c`);
    expect({ code, err }).toMatchObject({
      code: 2,
      err: expect.stringContaining(`--format ${later} is not in this version yet`),
    });
  }
});
