import fc from "fast-check";
import { expect, test } from "vitest";
import { UserError } from "../core/errors.js";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "./checkpoint.js";

const SMALL: Checkpoint = {
  header: { update: 3, economy: "akash-v1", config: { hidden: [64, 64], learningRate: 3e-4 } },
  tensors: {
    weights: Float32Array.of(1, -0, Number.NaN, 1e-40),
    moments: Float64Array.of(Math.PI, Number.NEGATIVE_INFINITY),
    lanes: Uint32Array.of(0, 4_294_967_295),
    ring: Int32Array.of(-1),
    flags: Uint8Array.of(1, 2, 3),
    none: new Float32Array(0),
  },
};

function refusal(bytes: Uint8Array): string {
  try {
    decodeCheckpoint(bytes);
  } catch (error) {
    if (error instanceof UserError) return error.code;
    throw error;
  }
  return "accepted";
}

test("a checkpoint reads back bit for bit, NaN, -0 and denormals included", () => {
  const back = decodeCheckpoint(encodeCheckpoint(SMALL));
  expect(back.header).toEqual(SMALL.header);
  expect(Object.keys(back.tensors)).toEqual(Object.keys(SMALL.tensors));
  for (const [name, tensor] of Object.entries(SMALL.tensors)) {
    expect(back.tensors[name]!.constructor).toBe(tensor.constructor);
    expect(new Uint8Array(back.tensors[name]!.buffer)).toEqual(new Uint8Array(tensor.buffer));
  }
});

test("any arrays and header read back", () => {
  const tensor = fc.oneof(
    fc.float32Array({ maxLength: 9 }),
    fc.float64Array({ maxLength: 9 }),
    fc.uint32Array({ maxLength: 9 }),
    fc.uint8Array({ maxLength: 9 }),
  );
  const names = fc.stringMatching(/^[a-z]{1,6}$/);
  fc.assert(
    fc.property(fc.dictionary(names, tensor), fc.dictionary(names, fc.jsonValue()), (tensors, header) => {
      const back = decodeCheckpoint(encodeCheckpoint({ header, tensors }));
      expect(encodeCheckpoint(back)).toEqual(encodeCheckpoint({ header, tensors }));
    }),
  );
});

test("a view into a larger buffer is written alone", () => {
  const part = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
  expect(decodeCheckpoint(encodeCheckpoint({ header: {}, tensors: { part } })).tensors["part"]).toEqual(Float32Array.of(2, 3));
});

test("a Buffer, whose slices share memory, reads like plain bytes", () => {
  const bytes = Buffer.concat([Buffer.from("before"), encodeCheckpoint(SMALL)]).subarray(6);
  expect(decodeCheckpoint(bytes).tensors["weights"]).toEqual(SMALL.tensors["weights"]);
});

test("any flipped bit is refused", () => {
  const bytes = encodeCheckpoint(SMALL);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
      const copy = bytes.slice();
      copy[at] = copy[at]! ^ (1 << bit);
      expect(refusal(copy)).toMatch(/^E_CHECKPOINT_/);
    }),
    { numRuns: 500 },
  );
});

test("every truncation is refused as such", () => {
  const bytes = encodeCheckpoint(SMALL);
  for (let length = 0; length < bytes.length; length++) {
    expect(refusal(bytes.subarray(0, length))).toBe("E_CHECKPOINT_TRUNCATED");
  }
});

test("bytes added at the end are refused", () => {
  const bytes = encodeCheckpoint(SMALL);
  expect(refusal(Uint8Array.of(...bytes, 0))).toBe("E_CHECKPOINT_ALTERED");
});

test("a foreign file and a newer version are named as such", () => {
  expect(refusal(new TextEncoder().encode('{"format": "something else", "and": "long enough to hold a frame of bytes"}'))).toBe(
    "E_CHECKPOINT_FOREIGN",
  );
  const newer = encodeCheckpoint(SMALL);
  new DataView(newer.buffer).setUint32(8, 2, true);
  expect(refusal(newer)).toBe("E_CHECKPOINT_VERSION");
});

test("a header length beyond the file allocates nothing and is refused", () => {
  const bytes = encodeCheckpoint(SMALL);
  new DataView(bytes.buffer).setUint32(12, 4_294_967_295, true);
  expect(refusal(bytes)).toBe("E_CHECKPOINT_ALTERED");
});
