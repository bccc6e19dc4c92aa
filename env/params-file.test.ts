import { describe, expect, it } from "vitest";
import { type ParamsFile, parseParamsFile, readParams, serialiseParamsFile } from "./params-file.js";
import type { World } from "./world.js";

const spec = (low: number, high: number) => ({ value: low, low, high, unit: "1", source: "test", doc: "test" });
const WORLD = { id: "akash-v1", params: { varianceLevel: spec(0.05, 4), jumpRate: spec(0, 60) } } as unknown as World;

const FILE: ParamsFile = {
  format: "flyball-params",
  version: 1,
  economy: "akash-v1",
  values: { varianceLevel: 1.2 },
  source: {
    kind: "calibrate",
    from: "2015-08-07",
    to: "2021-07-03",
    days: 2158,
    sha256: "0123456789abcdef".repeat(4),
    seed: 1,
    distance: 0.7,
    notes: ["jumpRate is at the upper bound of its range"],
  },
};

const changed = (change: object) => JSON.stringify({ ...FILE, ...change });

describe("params file", () => {
  it("comes back as it was written, and gives its values", () => {
    const file = parseParamsFile(serialiseParamsFile(FILE));
    expect(file).toEqual(FILE);
    expect(readParams(file, WORLD)).toEqual({ varianceLevel: 1.2 });
  });

  it("is refused when a value was changed after it was written, and loads again without its digest", () => {
    const edited = { ...JSON.parse(serialiseParamsFile(FILE)), values: { varianceLevel: 1.3 } };
    expect(() => parseParamsFile(JSON.stringify(edited))).toThrow(/^the params file was changed after it was written/);
    const { digest: _, ...plain } = edited;
    expect(parseParamsFile(JSON.stringify(plain)).values).toEqual({ varianceLevel: 1.3 });
  });

  it.each([
    ["", /^the params file is not JSON/],
    [changed({}).slice(0, 90), /^the params file is not JSON/],
    ["3", "the params file holds no object"],
    [changed({ format: "flyball-rule" }), /^format of the params file/],
    [changed({ version: "1" }), /^version of the params file/],
    [changed({ economy: undefined }), /^economy of the params file/],
    [changed({ values: undefined }), /^values of the params file/],
    [changed({ values: { varianceLevel: null } }), /^values\.varianceLevel of the params file/],
    [
      changed({ source: { ...FILE.source, sha256: "x" } }),
      "source.sha256 of the params file is wrong: must be 64 hexadecimal digits",
    ],
  ])("refuses %.40j", (text, message) => {
    expect(() => parseParamsFile(text)).toThrow(message);
    expect(() => parseParamsFile(text)).toThrow(expect.objectContaining({ code: "E_PARAMS_FILE" }));
  });

  it("names the key that a typo was meant to be", () => {
    expect(() => parseParamsFile(changed({ vaules: {} }))).toThrow(expect.objectContaining({ hint: "did you mean values?" }));
    const source = { ...FILE.source, sead: 1 };
    expect(() => parseParamsFile(changed({ source }))).toThrow(
      expect.objectContaining({ message: "unknown key sead in source of a params file", hint: "did you mean seed?" }),
    );
  });

  it("refuses another economy, an unknown parameter and a value out of range", () => {
    expect(() => readParams({ ...FILE, economy: "render-v1" }, WORLD)).toThrow(
      "the params file is for economy render-v1, not akash-v1",
    );
    expect(() => readParams({ ...FILE, values: { varianceLevl: 1 } }, WORLD)).toThrow(
      expect.objectContaining({ hint: "did you mean varianceLevel?" }),
    );
    expect(() => readParams({ ...FILE, values: { varianceLevel: 9 } }, WORLD)).toThrow(
      "parameter varianceLevel is 9, allowed is 0.05 .. 4 (1)",
    );
  });
});
