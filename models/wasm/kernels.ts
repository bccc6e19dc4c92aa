import { PLAIN_KERNELS, RELAXED_KERNELS } from "./generated/kernels.js";

/**
 * The CPU kernels. Every pointer is a byte address in the shared memory, 16-byte aligned unless said otherwise; `ld…` and
 * `stride` are in floats (4 bytes); n, first and last are multiples of 4 (the SIMD width). Activations are feature-major:
 * x[feature][ld], samples contiguous. The kernels hold no state: every instance gives the same bits.
 */
export interface Kernels {
  /**
   * y[output][ldy] = network(x[input][ldx]) for n samples, in blocks of 64.
   * @param spec table of `networkTable`
   * @param params base of the network's parameters
   * @param scratch plan.scratchCount floats; keeps the activations of the last block for {@link backward}
   */
  forward(spec: number, params: number, x: number, ldx: number, n: number, y: number, ldy: number, scratch: number): void;
  /**
   * Adds to grad (laid out as params) the gradient of sum over outputs and samples of dy * y, for one block of n <= 64
   * samples whose activations {@link forward} has just left in `scratch`; they are overwritten.
   */
  backward(
    spec: number,
    params: number,
    x: number,
    ldx: number,
    n: number,
    dy: number,
    lddy: number,
    grad: number,
    scratch: number,
  ): void;
  /**
   * dx[input][lddx] = gradient of the same sum with respect to the inputs, for the block that {@link backward} has just been
   * called on. Rows beyond the inputs, up to a multiple of 4, become 0.
   */
  inputGradient(spec: number, params: number, n: number, dx: number, lddx: number, scratch: number): void;
  /** dst[f][k] = records[indices[k]][f], f < fields <= stride; stride is a multiple of 4, indices are u32. */
  gather(indices: number, n: number, records: number, stride: number, fields: number, dst: number, ldd: number): void;
  /** records[k][offset + f] = src[f][k], f < fields. */
  pack(src: number, lds: number, fields: number, n: number, records: number, stride: number, offset: number): void;
  /** Bytes from one place to another; they must not overlap. */
  copy(dst: number, src: number, bytes: number): void;
  /** u32 dst[k] = permute(first + k, total, {seed, counter, stream}) of core/permutation.ts, k < count; any `first`. */
  permute(dst: number, first: number, count: number, total: number, seed: number, counter: number, stream: number): void;
  /** f64 dst[r] += sum of row r. */
  sumRows(src: number, ld: number, rows: number, n: number, dst: number): void;
  /** f64 dst[2 r] += sum, dst[2 r + 1] += sum of squares of row r. */
  moments(src: number, ld: number, rows: number, n: number, dst: number): void;
  /**
   * Advantages and value targets on [step][ld] arrays for lanes first..last-1. nextValue[t] is the value of the last
   * observation before autoreset where step t ended the episode, otherwise of the next observation; terminated and truncated
   * are floats, non-zero for true.
   */
  gae(
    reward: number,
    value: number,
    nextValue: number,
    terminated: number,
    truncated: number,
    advantage: number,
    target: number,
    ld: number,
    steps: number,
    first: number,
    last: number,
    gamma: number,
    lambda: number,
  ): void;
  /**
   * advantage[t][lane] -= mean over its group of neighbouring lanes that are on the same day of the same episode (f32 arrays,
   * compared for equality); lanes is a multiple of group.
   */
  centerGroups(advantage: number, episode: number, day: number, ld: number, steps: number, lanes: number, group: number): void;
  /** Sum of squares of n floats, in f64 and a fixed order. */
  sumSquares(src: number, n: number): number;
  /** dst[i] = sum over count chunks, strideBytes apart, of chunk[i], in order; dst may be the first chunk. */
  reduceChunks(chunks: number, count: number, strideBytes: number, n: number, dst: number): void;
  /** Adam on elements first..first+n-1 with gradient gradScale * grad; correction = 1 - beta^t. */
  adam(
    params: number,
    m: number,
    v: number,
    grad: number,
    first: number,
    n: number,
    lr: number,
    beta1: number,
    beta2: number,
    eps: number,
    correction1: number,
    correction2: number,
    gradScale: number,
  ): void;
  /** Index of the first NaN or infinity, -1 if there is none. */
  firstNonFinite(src: number, n: number): number;
  /** 1 if any of n floats is not zero, else 0. */
  anyNonZero(src: number, n: number): number;
  /** n floats = value; any n, 4-byte alignment. */
  fill(dst: number, n: number, value: number): void;
  /** Runs n rounds of 12 f32x4 multiply-adds in registers, 96 floating-point operations each. The probe of the machine's peak. */
  peak(n: number): number;
}

interface KernelOptions {
  /** Fused multiply-add: faster, but the bits depend on the processor. */
  readonly relaxed: boolean;
}

/** Compiles the kernels; the module may be posted to workers. */
export function compileKernels({ relaxed }: KernelOptions): WebAssembly.Module {
  if (relaxed) allowRelaxedSimd();
  const binary = atob(relaxed ? RELAXED_KERNELS : PLAIN_KERNELS);
  return new WebAssembly.Module(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
}

/** Instantiates the kernels on a shared memory. */
export function loadKernels(memory: WebAssembly.Memory, options: KernelOptions): Kernels {
  return kernelsIn(new WebAssembly.Instance(compileKernels(options), { env: { memory } }));
}

/** The functions of an instance of {@link compileKernels}: what they are called with is written down here and nowhere in the module. */
export const kernelsIn = ({ exports }: WebAssembly.Instance): Kernels => exports as unknown as Kernels;

/** A module of one function that uses f32x4.relaxed_madd. */
const RELAXED_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2, 253,
  133, 2, 11,
]);

/**
 * Relaxed SIMD is standard in newer engines; Node 20 has it behind a flag that may be set at run time, before the first such
 * module is compiled. An effect on the whole process, hence only when the option is chosen.
 */
export function allowRelaxedSimd(): void {
  if (WebAssembly.validate(RELAXED_PROBE)) return;
  if (typeof process !== "undefined") {
    process.getBuiltinModule?.("node:v8").setFlagsFromString("--experimental-wasm-relaxed-simd");
  }
}
