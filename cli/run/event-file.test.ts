import protobuf from "protobufjs/light.js";
import { expect, test } from "vitest";
import { crc32c, encodeEvent, encodeFileVersion, encodeHyperparameters, encodeRecord, maskedCrc } from "./event-file.js";

const bytes = (text: string) => new TextEncoder().encode(text);

test("crc32c has the check value of the CRC catalogue and the vectors of RFC 3720", () => {
  expect(crc32c(bytes("123456789"))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
});

test("the file version record is byte for byte what TensorFlow writes", () => {
  // Record of tf.summary.create_file_writer: length 24, its masked CRC 0x28b7c7a3 as in every event file
  // ("18 00 00 00 00 00 00 00 a3 7f 4b 22"), then field 1 (double), field 3 (string "brain.Event:2").
  const record = encodeFileVersion(1_000);
  expect([...record.subarray(0, 12)]).toEqual([0x18, 0, 0, 0, 0, 0, 0, 0, 0xa3, 0x7f, 0x4b, 0x22]);
  expect([...record.subarray(12, 21)]).toEqual([0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]); // 1.0 s
  expect([...record.subarray(21, 23)]).toEqual([0x1a, 13]);
  expect(new TextDecoder().decode(record.subarray(23, 36))).toBe("brain.Event:2");
});

test("a record's checksums cover length and data", () => {
  const record = encodeRecord(bytes("abc"));
  const view = new DataView(record.buffer);
  expect(view.getUint32(8, true)).toBe(maskedCrc(Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0)));
  expect(view.getUint32(15, true)).toBe(maskedCrc(bytes("abc")));
});

test("an event holds step, time and scalars, read here by walking the wire format", () => {
  const record = encodeEvent({
    update: 2,
    envSteps: 5_000_000_000,
    time: 1500,
    metrics: { "costs.drawdown": 0.25, approxKl: 0 },
  });
  const reader = protobuf.Reader.create(record.subarray(12, record.length - 4));
  expect([reader.uint32() >>> 3, reader.double()]).toEqual([1, 1.5]);
  expect([reader.uint32() >>> 3, Number(reader.int64())]).toEqual([2, 5_000_000_000]);
  expect(reader.uint32() >>> 3).toBe(5);
  reader.uint32(); // length of the summary
  expect(reader.uint32() >>> 3).toBe(1);
  reader.uint32(); // length of the value
  expect([reader.uint32() >>> 3, reader.string()]).toEqual([1, "costs/drawdown"]);
  expect([reader.uint32() >>> 3, reader.float()]).toEqual([2, 0.25]);
  reader.uint32();
  reader.uint32();
  expect([reader.uint32() >>> 3, reader.string()]).toEqual([1, "train/approx_kl"]);
  expect([reader.uint32() >>> 3, reader.float()]).toEqual([2, 0]);
});

test("settings are a session of the hparams plugin, read here by walking the wire format", () => {
  const record = encodeHyperparameters({ rate: 0.5, device: "wasm", relaxed: false }, 2_000);
  const event = protobuf.Reader.create(record.subarray(12, record.length - 4));
  expect([event.uint32() >>> 3, event.double()]).toEqual([1, 2]);
  expect(event.uint32() >>> 3).toBe(5);
  const value = nested(event.bytes(), 1);
  expect([value.uint32() >>> 3, value.string()]).toEqual([1, "_hparams_/session_start_info"]);
  expect(value.uint32() >>> 3).toBe(9);
  const plugin = nested(value.bytes(), 1);
  expect([plugin.uint32() >>> 3, plugin.string()]).toEqual([1, "hparams"]);
  expect(plugin.uint32() >>> 3).toBe(2);
  const data = protobuf.Reader.create(plugin.bytes());
  expect(data.uint32() >>> 3).toBe(3);
  const start = protobuf.Reader.create(data.bytes());
  const settings: Record<string, unknown> = {};
  let field = start.uint32() >>> 3;
  for (; field === 1; field = start.uint32() >>> 3) {
    const entry = protobuf.Reader.create(start.bytes());
    entry.uint32();
    const key = entry.string();
    entry.uint32();
    const setting = protobuf.Reader.create(entry.bytes());
    const kind = setting.uint32() >>> 3;
    settings[key] = kind === 2 ? setting.double() : kind === 3 ? setting.string() : setting.bool();
  }
  expect(settings).toEqual({ rate: 0.5, device: "wasm", relaxed: false });
  expect([field, start.double()]).toEqual([5, 2]);
});

/** The message in field `id` that the bytes begin with. */
function nested(bytes: Uint8Array, id: number): protobuf.Reader {
  const reader = protobuf.Reader.create(bytes);
  expect(reader.uint32() >>> 3).toBe(id);
  return protobuf.Reader.create(reader.bytes());
}
