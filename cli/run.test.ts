import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { flyball } from "../test/support/fake-io.js";
import { VERSION } from "./version.js";

/** Exit 2, nothing on stdout, two lines on stderr: what and what to do. */
async function refused(line: string) {
  const { code, out, err } = await flyball(line);
  expect(code, err).toBe(2);
  expect(out).toBe("");
  const [what, todo, ...rest] = err.trimEnd().split("\n");
  expect(what).toMatch(/^error: /);
  expect(todo).toMatch(/^ {2}\S/);
  expect(rest).toEqual([]);
  return `${what}\n${todo}`;
}

test("the version is the one of package.json", async () => {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  expect(VERSION).toBe(version);
  expect((await flyball("--version")).out).toBe(`${version}\n`);
});

test("help goes to stdout with exit 0", async () => {
  const { code, out, err } = await flyball("--help");
  expect([code, err]).toEqual([0, ""]);
  expect(out).toContain("doctor");
});

test("no command at all names the commands", async () => {
  expect(await refused("")).toContain("one of: economies");
});

test("an unknown command names the nearest", async () => {
  expect(await refused("docter")).toMatch(/unknown command 'docter'\n {2}did you mean "?doctor/);
});

test("an unknown option names the nearest", async () => {
  expect(await refused("doctor --jsn")).toMatch(/unknown option '--jsn'\n {2}did you mean --json\?/i);
});

test("an argument too many is refused", async () => {
  expect(await refused("doctor now")).toContain("see flyball doctor --help");
});

test("an unknown economy is refused", async () => {
  expect(await refused("scenarios --economy akahs")).toContain('unknown economy "akahs"');
});

test("doctor prints one JSON document with what it found", async () => {
  const { code, out, err } = await flyball("doctor --json");
  expect([code, err]).toEqual([0, ""]);
  const { findings } = JSON.parse(out);
  const simd = findings.find(({ what }: { what: string }) => what === "WASM SIMD");
  expect(simd.state).toBe("ok");
});

test("every command's help has an example that calls it", async () => {
  const names = [...(await flyball("--help")).out.matchAll(/^ {2}([a-z]+) .*/gm)].map(([, name]) => name!);
  expect(names.length).toBeGreaterThan(3);
  for (const name of names.filter((word) => word !== "flyball")) {
    const { code, out } = await flyball(`${name} --help`);
    expect(code).toBe(0);
    expect(out, name).toMatch(new RegExp(`Example[s]?:\\n  flyball ${name}`));
  }
});
