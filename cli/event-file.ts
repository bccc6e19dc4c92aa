import protobuf from "protobufjs/light.js";
import type { MetricsLine } from "./metrics-line.js";

/**
 * TensorBoard's event file: TFRecords of Event messages. Only the fields that scalars need are declared.
 * Sources: tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto, tensorflow/core/lib/io/record_writer.h.
 */
const root = protobuf.Root.fromJSON({
  nested: {
    Event: {
      fields: {
        wallTime: { type: "double", id: 1 },
        step: { type: "int64", id: 2 },
        fileVersion: { type: "string", id: 3 },
        summary: { type: "Summary", id: 5 },
      },
    },
    Summary: { fields: { value: { rule: "repeated", type: "Value", id: 1 } } },
    Value: { fields: { tag: { type: "string", id: 1 }, simpleValue: { type: "float", id: 2 } } },
  },
});
const Event = root.lookupType("Event");

/** The record that every event file begins with. `time` in milliseconds since 1970. */
export function encodeFileVersion(time: number): Uint8Array {
  return encodeRecord(Event.encode({ wallTime: time / 1000, fileVersion: "brain.Event:2" }).finish());
}

/** One update's figures as scalars over env-steps. Dots in names become folders: `charts.x` is shown under `charts`. */
export function encodeEvent(line: MetricsLine): Uint8Array {
  const value = Object.entries(line.metrics).map(([name, figure]) => ({ tag: name.replaceAll(".", "/"), simpleValue: figure }));
  return encodeRecord(Event.encode({ wallTime: line.time / 1000, step: line.envSteps, summary: { value } }).finish());
}

/** Frames a record: length u64, masked CRC of it, data, masked CRC of the data; little-endian. */
export function encodeRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(8 + 4 + data.length + 4);
  const view = new DataView(record.buffer);
  view.setUint32(0, data.length, true);
  view.setUint32(8, maskedCrc(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc(data), true);
  return record;
}

/** TFRecord's mask, so that a CRC of data that holds CRCs is not weak: rotate right by 15 and add a constant. */
export function maskedCrc(data: Uint8Array): number {
  const crc = crc32c(data);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** CRC-32C (Castagnoli), reflected polynomial 0x82f63b78. Source: RFC 3720, appendix B.4. */
export function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = TABLE[(crc ^ byte) & 255]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let crc = index;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});
