import { sha256 } from "@noble/hashes/sha2.js";
import { canonicalJson } from "../core/digest.js";
import { UserError } from "../core/errors.js";
import { parseJson } from "../core/parse-json.js";
import type { Tensor } from "../core/tensor.js";

/**
 * A checkpoint: a JSON header and named raw arrays.
 *
 * Layout, little-endian: magic `FLYBCKPT` (8 bytes) | version u32 | header length u32 | whole length f64 | header, UTF-8 JSON
 * `{ header, tensors: [{ name, type, length, offset }] }` | padding to 8 | arrays, each at a multiple of 8 | SHA-256 of all before.
 */
export interface Checkpoint {
  readonly header: CheckpointHeader;
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** Anything JSON can hold; numbers that must survive bit for bit and are not finite belong into tensors. */
type CheckpointHeader = Readonly<Record<string, unknown>>;

const MAGIC = "FLYBCKPT";
const VERSION = 1;
const FIXED = 24;
const DIGEST = 32;
/** Largest header that is read; real ones are a few kilobytes. */
const MAX_HEADER_BYTES = 16 * 2 ** 20;

const TYPES = {
  f32: Float32Array,
  f64: Float64Array,
  u32: Uint32Array,
  i32: Int32Array,
  u8: Uint8Array,
} as const;
type TypeName = keyof typeof TYPES;

interface Entry {
  readonly name: string;
  readonly type: TypeName;
  readonly length: number;
  readonly offset: number;
}

/** The bytes of a checkpoint; equal content gives equal bytes. */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array<ArrayBuffer> {
  const entries: Entry[] = [];
  let size = 0;
  for (const [name, tensor] of Object.entries(checkpoint.tensors)) {
    entries.push({ name, type: typeName(tensor), length: tensor.length, offset: size });
    size += align(tensor.byteLength);
  }
  const header = new TextEncoder().encode(canonicalJson({ header: checkpoint.header, tensors: entries }));
  const start = align(FIXED + header.length);
  const bytes = new Uint8Array(start + size + DIGEST);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(MAGIC));
  view.setUint32(8, VERSION, true);
  view.setUint32(12, header.length, true);
  view.setFloat64(16, bytes.length, true);
  bytes.set(header, FIXED);
  for (const entry of entries) {
    const tensor = checkpoint.tensors[entry.name]!;
    bytes.set(new Uint8Array(tensor.buffer, tensor.byteOffset, tensor.byteLength), start + entry.offset);
  }
  bytes.set(sha256(bytes.subarray(0, bytes.length - DIGEST)), bytes.length - DIGEST);
  return bytes;
}

/**
 * Reads a checkpoint back. Nothing is allocated for it before magic, version, lengths and digest are right.
 * @throws UserError `E_CHECKPOINT_FOREIGN`, `E_CHECKPOINT_VERSION`, `E_CHECKPOINT_TRUNCATED` or `E_CHECKPOINT_ALTERED`
 */
export function decodeCheckpoint(file: Uint8Array): Checkpoint {
  // A plain view: Node's Buffer is a Uint8Array whose `slice` does not copy.
  const bytes = new Uint8Array(file.buffer, file.byteOffset, file.length);
  checkFrame(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getUint32(12, true);
  const start = align(FIXED + headerLength);
  const { header, tensors: entries } = parseHeader(bytes.subarray(FIXED, FIXED + headerLength));
  const end = bytes.length - DIGEST;
  const tensors: Record<string, Tensor> = {};
  for (const entry of entries) {
    const { name, type, length, offset } = entry;
    const Type = TYPES[type];
    if (!Type || !isCount(length) || !isCount(offset) || start + offset + length * Type.BYTES_PER_ELEMENT > end) {
      throw altered(`array "${name}" does not fit the file`);
    }
    const from = start + offset;
    tensors[name] = new Type(bytes.slice(from, from + length * Type.BYTES_PER_ELEMENT).buffer);
  }
  return { header, tensors };
}

function checkFrame(bytes: Uint8Array): void {
  const magic = new TextDecoder("latin1").decode(bytes.subarray(0, 8));
  if (!MAGIC.startsWith(magic)) {
    throw new UserError("E_CHECKPOINT_FOREIGN", "this is not a flyball checkpoint: it does not begin with FLYBCKPT", CHOOSE);
  }
  if (bytes.length < FIXED + DIGEST) throw truncated(bytes.length, `at least ${FIXED + DIGEST}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(8, true);
  if (version !== VERSION) {
    const message = `the checkpoint has version ${version}, but this flyball reads version ${VERSION}`;
    throw new UserError("E_CHECKPOINT_VERSION", message, "use the flyball that wrote it, or train anew");
  }
  const whole = view.getFloat64(16, true);
  if (bytes.length < whole) throw truncated(bytes.length, String(whole));
  const headerLength = view.getUint32(12, true);
  const digest = sha256(bytes.subarray(0, bytes.length - DIGEST));
  const stored = bytes.subarray(bytes.length - DIGEST);
  if (!digest.every((byte, i) => byte === stored[i])) throw altered("its SHA-256 does not match");
  if (whole !== bytes.length) throw altered(`it should have ${whole} bytes and has ${bytes.length}`);
  if (headerLength > MAX_HEADER_BYTES || align(FIXED + headerLength) + DIGEST > bytes.length) {
    throw altered(`its header of ${headerLength} bytes does not fit`);
  }
}

function parseHeader(bytes: Uint8Array): { readonly header: CheckpointHeader; readonly tensors: readonly Entry[] } {
  try {
    const parsed = parseJson(new TextDecoder().decode(bytes)) as { header: CheckpointHeader; tensors: readonly Entry[] };
    if (Array.isArray(parsed.tensors) && typeof parsed.header === "object") return parsed;
  } catch {
    // Falls through to the same refusal: the header is not what this program writes.
  }
  throw altered("its header cannot be read");
}

const CHOOSE = "point at a run folder that `flyball train` made";

function truncated(have: number, want: string): UserError {
  const message = `the checkpoint is cut off: ${have} bytes of ${want}`;
  return new UserError("E_CHECKPOINT_TRUNCATED", message, "copy it again, or resume from an older copy of the run folder");
}

function altered(why: string): UserError {
  const message = `the checkpoint was altered or damaged: ${why}`;
  return new UserError("E_CHECKPOINT_ALTERED", message, "copy it again, or resume from an older copy of the run folder");
}

function typeName(tensor: Tensor): TypeName {
  for (const name of Object.keys(TYPES) as TypeName[]) if (tensor instanceof TYPES[name]) return name;
  throw new TypeError(`a checkpoint cannot hold a ${Object.prototype.toString.call(tensor)}`);
}

function align(size: number): number {
  return Math.ceil(size / 8) * 8;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
