import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fakeIo, flyball } from "../test/support/fake-io.js";
import { hasBlock } from "./render.js";
import { benchSchema } from "./schema.js";

test("docs/reference/performance.md has a place for the tables", () => {
  expect(hasBlock(readFileSync(join(import.meta.dirname, "../docs/reference/performance.md"), "utf8"))).toBe(true);
});

test.each([
  ["bench --device abacus", "--device must be one of auto, wasm, webgpu, tensorflow"],
  ["bench --seconds 0", "--seconds must be a whole number from 1 to 3600"],
  ["bench --economy akahs", 'unknown economy "akahs"'],
  ["bench --into page.md", "page.md has no marks"],
])("%s is refused before anything is measured", async (line, why) => {
  const io = fakeIo();
  writeFileSync(join(io.cwd, "page.md"), "# a page\n");
  const { code, err } = await flyball(line, io);
  expect(code).toBe(2);
  expect(err).toContain(why);
  expect(err).not.toContain("measuring");
});

test("a quick run measures everything, agrees with TensorFlow.js and fills the page", async () => {
  const io = fakeIo();
  const path = join(io.cwd, "page.md");
  writeFileSync(path, "before\n<!-- begin of flyball bench -->\nto be replaced\n<!-- end of flyball bench -->\nafter\n");
  const { code, out } = await flyball("bench --quick --json --into page.md", io);
  expect(code).toBe(0);
  const { update, profile, evaluation, aims, training } = benchSchema.parse(JSON.parse(out));

  // Both sum 512 samples in float32 in different orders; a wrong term in either would show as 1e-2 or more.
  expect(update.tfjsCpu.gradientDifference).toBeLessThan(2e-5);
  expect(update.tfjsWasm.gradientDifference).toBeLessThan(2e-5);

  expect(profile.parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
  expect(profile.parts.reduce((sum, { seconds }) => sum + seconds, 0)).toBeCloseTo(profile.iterationSeconds, 9);
  const names = profile.parts.map(({ phase, part }) => `${phase}: ${part}`);
  expect(names).toEqual(expect.arrayContaining(["rollout: simulation", "update: networks backward", "update: loss"]));

  expect(training.wasm).toMatchObject({ dispatchesPerIteration: null, bytesReadBackPerIteration: 0 });
  for (const { envStepsPerSecond, isSoftware, why } of [training.webgpu, training.tensorflow]) {
    expect(why === "").toBe(envStepsPerSecond !== null);
    // What is computed by the CPU in place of a GPU, or by plain JavaScript, is measured only when it is named.
    expect(isSoftware).not.toBe(true);
  }

  // Few episodes are not passed off as ten thousand.
  expect(evaluation.learned10kEpisodesSeconds).toBeNull();
  expect(aims.filter(({ met }) => met === null)).toHaveLength(3);

  const page = readFileSync(path, "utf8");
  expect(page).toMatch(/^before\n<!-- begin of flyball bench -->\n/);
  expect(page).toMatch(/<!-- end of flyball bench -->\nafter\n$/);
  expect(page).not.toContain("to be replaced");
  expect(page).toContain("| rollout | simulation |");
});
