import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { type FakeIo, fakeIo, flyball } from "../test/support/fake-io.js";
import { packageRoot } from "./package-root.js";

/** What esbuild 0.28 says on Linux when npm was told to omit optional packages. */
const NO_BINARY = `The package "@esbuild/linux-x64" could not be found, and is needed by esbuild.

If you are installing esbuild with npm, make sure that you don't specify the
"--no-optional" or "--omit=optional" flags.`;

afterEach(() => vi.doUnmock("esbuild"));

function withExample(): FakeIo {
  const io = fakeIo();
  copyFileSync(join(packageRoot(), "examples/my-economy.ts"), join(io.cwd, "my-economy.ts"));
  return io;
}

const HINT = "  install the optional packages too, its binary is one of them: npm install --include=optional";

test.each(["check my-economy.ts", "train ./my-economy.ts --steps 2048 --out r"])(
  "flyball %s without esbuild's binary is refused in two lines that say how to install it",
  async (line) => {
    vi.doMock("esbuild", () => ({ build: () => Promise.reject(new Error(NO_BINARY)) }));
    const { code, err } = await flyball(line, withExample());
    expect(code).toBe(2);
    expect(err.trimEnd().split("\n")).toEqual([
      'error: esbuild, which reads economy files, does not run: the package "@esbuild/linux-x64" could not be found, and is needed by esbuild',
      HINT,
    ]);
  },
);

test("without esbuild altogether the same two lines", async () => {
  vi.doMock("esbuild", () => {
    throw new Error("Cannot find package 'esbuild'");
  });
  const { code, err } = await flyball("check my-economy.ts", withExample());
  expect(code).toBe(2);
  const lines = err.trimEnd().split("\n");
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain("esbuild, which reads economy files, does not run: ");
  expect(lines[1]).toBe(HINT);
});
