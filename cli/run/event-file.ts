import protobuf from "protobufjs/light.js";
import { tagOf } from "./event-tags.js";
import type { MetricsLine } from "./metrics-line.js";

/**
 * TensorBoard's event file: TFRecords of Event messages. Only the fields that scalars and hyper-parameters need are declared.
 * Sources: tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto, tensorflow/core/lib/io/record_writer.h,
 * tensorboard/plugins/hparams/plugin_data.proto, google/protobuf/struct.proto.
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
    Value: {
      fields: {
        tag: { type: "string", id: 1 },
        simpleValue: { type: "float", id: 2 },
        metadata: { type: "SummaryMetadata", id: 9 },
      },
      // So that a figure of 0 is written, too.
      oneofs: { value: { oneof: ["simpleValue"] } },
    },
    SummaryMetadata: { fields: { pluginData: { type: "PluginData", id: 1 } } },
    PluginData: { fields: { pluginName: { type: "string", id: 1 }, content: { type: "bytes", id: 2 } } },
    HParamsPluginData: {
      // The version, field 1, is 0 and so left out.
      fields: { sessionStartInfo: { type: "SessionStartInfo", id: 3 } },
    },
    SessionStartInfo: {
      fields: { hparams: { rule: "repeated", type: "Entry", id: 1 }, startTimeSecs: { type: "double", id: 5 } },
    },
    // An entry of a map, as the wire has it.
    Entry: { fields: { key: { type: "string", id: 1 }, value: { type: "Setting", id: 2 } } },
    Setting: {
      oneofs: { kind: { oneof: ["numberValue", "stringValue", "boolValue"] } },
      fields: {
        numberValue: { type: "double", id: 2 },
        stringValue: { type: "string", id: 3 },
        boolValue: { type: "bool", id: 4 },
      },
    },
  },
});
const Event = root.lookupType("Event");
const HParamsPluginData = root.lookupType("HParamsPluginData");

/** Settings of a run as TensorBoard's HPARAMS page compares them. */
export type Hyperparameters = Readonly<Record<string, number | string | boolean>>;

/** The record that every event file begins with. `time` in milliseconds since 1970. */
export function encodeFileVersion(time: number): Uint8Array {
  return encodeRecord(Event.encode({ wallTime: time / 1000, fileVersion: "brain.Event:2" }).finish());
}

/** The start of a session of TensorBoard's hparams plugin. `time` in milliseconds since 1970. */
export function encodeHyperparameters(settings: Hyperparameters, time: number): Uint8Array {
  const hparams = Object.entries(settings).map(([key, value]) => ({ key, value: settingOf(value) }));
  const sessionStartInfo = { hparams, startTimeSecs: time / 1000 };
  const content = HParamsPluginData.encode({ sessionStartInfo }).finish();
  const metadata = { pluginData: { pluginName: "hparams", content } };
  const value = [{ tag: "_hparams_/session_start_info", metadata }];
  return encodeRecord(Event.encode({ wallTime: time / 1000, summary: { value } }).finish());
}

function settingOf(value: number | string | boolean): object {
  if (typeof value === "number") return { numberValue: value };
  return typeof value === "string" ? { stringValue: value } : { boolValue: value };
}

/** One update's figures as scalars over env-steps, and its own number. */
export function encodeEvent(line: MetricsLine): Uint8Array {
  const figures = Object.entries(line.metrics).map(([name, figure]) => ({ tag: tagOf(name), simpleValue: figure }));
  const value = [...figures, { tag: "time/iterations", simpleValue: line.update }];
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
