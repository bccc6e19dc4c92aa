import { afterAll, describe, expect, test } from "vitest";
import { clamp } from "../../compiler/primitives.js";
import type { RecordBinding } from "../../compiler/schema.js";
import { buildProgram } from "../../compiler/trace/build-program.js";
import { findGpu } from "../../test/support/swiftshader.js";
import { createWgslLanes } from "../../test/support/webgpu-lanes.js";
import { openGpu } from "./device.js";

const number = { unit: "1", doc: "" };
const RECORDS: readonly RecordBinding[] = [
  { name: "s", kind: "lane", fields: { x: number, w: { ...number, length: 3 }, n: { ...number, type: "u32" } } },
  { name: "c", kind: "uniform", fields: { g: number, slot: { ...number, type: "index" } } },
  { name: "z", kind: "scratch", fields: { q: number } },
  { name: "o", kind: "lane", fields: { y: number } },
];
interface State {
  x: number;
  w: number[];
  n: number;
}
type Shared = Readonly<Record<"g" | "slot", number>>;

const build = (name: string, step: (...records: never[]) => void) =>
  buildProgram({ name, uses: { clamp }, step, records: RECORDS });
const PROGRAMS = {
  advance: build("advance", (s: State, c: Shared) => {
    s.x = s.x + c.g;
    s.w[c.slot] = s.x;
    s.n = (s.n + 1) >>> 0;
  }),
  watch: build("watch", (s: State, c: Shared, _z: object, o: { y: number }) => {
    o.y = s.x * 2 - c.g;
  }),
};

const gpu = await findGpu();
afterAll(() => gpu?.dispose());

/** More lanes than one workgroup, and not a multiple of its size. */
const LANES = 131;

describe.skipIf(!gpu)("lanes on a GPU", () => {
  test("programs run in order over one memory, with what all lanes share as it was at each run", async () => {
    const lanes = await createWgslLanes(gpu!, RECORDS, PROGRAMS, LANES);
    lanes.view("s", "x").forEach((_, lane, x) => {
      x[lane] = lane;
    });
    lanes.view("s", "n").fill(0xfffffffe);
    lanes.upload();
    const [g, slot] = [lanes.view("c", "g"), lanes.view("c", "slot")];
    for (let day = 0; day < 3; day++) {
      g[0] = 10 ** day;
      slot[0] = day;
      lanes.run("advance");
    }
    lanes.run("watch");
    await lanes.download();
    for (let lane = 0; lane < LANES; lane++) {
      const ring = [0, 1, 2].map((e) => lanes.view("s", "w")[e * LANES + lane]);
      expect(ring).toEqual([lane + 1, lane + 11, lane + 111]);
      expect(lanes.view("s", "n")[lane]).toBe(1);
      expect(lanes.view("o", "y")[lane]).toBe(2 * (lane + 111) - 100);
    }
    lanes.dispose();
  });

  test("an upload of one record leaves the others on the device as they are", async () => {
    const lanes = await createWgslLanes(gpu!, RECORDS, PROGRAMS, LANES);
    lanes.view("s", "x").fill(1);
    lanes.upload();
    lanes.view("s", "x").fill(7);
    lanes.view("o", "y").fill(5);
    lanes.upload(["o"]);
    await lanes.download();
    expect(new Set(lanes.view("s", "x"))).toEqual(new Set([1]));
    expect(new Set(lanes.view("o", "y"))).toEqual(new Set([5]));
    for (const name of ["c", "z", "elsewhere"]) expect(() => lanes.upload([name])).toThrow(`no lane record ${name}`);
    expect(() => lanes.view("s", "y")).toThrow("lanes store no s.y");
    lanes.dispose();
  });

  test("more lanes than a buffer holds are refused with the most that fit", async () => {
    const most = gpu!.device.limits.maxStorageBufferBindingSize;
    const fit = Math.floor(most / 24);
    await expect(createWgslLanes(gpu!, RECORDS, PROGRAMS, fit + 1)).rejects.toMatchObject({
      code: "E_WEBGPU_MEMORY",
      hint: expect.stringContaining(`at most ${fit} environments fit`),
    });
  });

  test("limits beyond the adapter are refused by name, what it offers is granted", async () => {
    await expect(openGpu({ maxBufferSize: 2 ** 60 })).rejects.toMatchObject({ code: "E_WEBGPU_LIMITS" });
    const large = await openGpu({ maxStorageBufferBindingSize: 2 ** 28, maxBufferSize: 2 ** 28 });
    expect(large.device.limits.maxStorageBufferBindingSize).toBeGreaterThanOrEqual(2 ** 28);
    large.dispose();
    expect(await large.lost).toBeUndefined();
  });
});
