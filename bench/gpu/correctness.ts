import type { PpoOptions } from "../../agents/ppo/settings.js";
import type { PpoState } from "../../agents/ppo/state.js";
import { learningRateAt } from "../../agents/ppo/wasm/update.js";
import type { LearnerOptions } from "../../agents/ppo/wasm/wasm-context.js";
import type { GpuContext } from "../../agents/ppo/webgpu/gpu-context.js";
import type { WebgpuLearner } from "../../agents/ppo/webgpu/gpu-learner.js";
import { WGSL_LIBRARY } from "../../compiler/wgsl/library.js";
import { pcg4d } from "../../core/random.js";
import type { Economy } from "../../env/economy.js";
import { type Gpu, USAGE } from "../../models/webgpu/device.js";
import { createKernel } from "../../models/webgpu/kernel.js";
import { onePass } from "../../models/webgpu/passes.js";
import { createReadBack } from "../../models/webgpu/read-back.js";
import { type Float64Vectors, float64Step, relativeL2 } from "../../reference/float64-update.js";
import { onGpu, onWasm, readBuffer, type WasmIteration } from "../../reference/webgpu-learner.js";
import { learnerOptions } from "../learner-parts.js";

/** What goes through the steps of a rollout; the learner's own choice where undefined. */
export type RolloutLoop = "device" | "host";

export interface Check {
  readonly what: string;
  readonly found: string;
  readonly allowed: string;
  readonly passed: boolean;
}

const WORDS = 4096;

/** Random words of a kernel against core/random.ts. */
export async function checkRandomness({ device }: Gpu): Promise<Check> {
  const size = 16 * WORDS;
  const words = device.createBuffer({ size, usage: USAGE.storage | USAGE.copySource });
  const kernel = await createKernel(device, {
    label: "random words",
    bindings: [{ name: "words", type: "array<vec4u>", access: "read_write", buffer: words }],
    code: `${WGSL_LIBRARY}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  words[id.x] = pcg4d(vec4u(id.x * ${SPREAD}u, 7u, ~id.x, ${SPREAD}u));
}
`,
  });
  const readBack = createReadBack(device);
  const encoder = device.createCommandEncoder();
  const passes = onePass(encoder);
  passes.dispatch(kernel, WORDS / 64);
  passes.end();
  const read = readBack.copy(encoder, [{ buffer: words, bytes: size }]);
  device.queue.submit([encoder.finish()]);
  const found = new Uint32Array((await read())[0]!);
  let wrong = 0;
  for (let i = 0; i < WORDS; i++) {
    const { a, b, c, d } = pcg4d(Math.imul(i, SPREAD) >>> 0, 7, ~i >>> 0, SPREAD);
    for (const [at, word] of [a, b, c, d].entries()) if (found[4 * i + at] !== word >>> 0) wrong++;
  }
  readBack.dispose();
  words.destroy();
  return { what: `${4 * WORDS} random words, bit for bit`, found: `${wrong} differ`, allowed: "0", passed: wrong === 0 };
}

/** An odd number whose multiples fill 32 bits. */
const SPREAD = 0x9e3779b1;

/** Small enough for a float64 loop in plain JavaScript. */
const SMALL = { numEnvs: 64, numSteps: 16, decisionInterval: 1, updateEpochs: 4, numMinibatches: 4 };

/**
 * One whole iteration from a state in the middle of learning: the rollout against the wasm learner's, all updates against plain
 * float64 from the device's own samples, and the same once more, to the bit.
 * @param hidden widths of the networks
 */
export async function checkIteration(
  economy: Economy,
  hidden: readonly number[],
  loop: RolloutLoop | undefined,
): Promise<readonly Check[]> {
  const options = learnerOptions(economy, 1, { ...SMALL, hidden });
  const wasm = await onWasm(options);
  const [first, second] = await iterateOnGpu(options, wasm.start, loop);
  const want = float64Update(options, wasm, first);
  const change = (params: ArrayLike<number>) => Float64Array.from(params, (x, i) => x - wasm.start.params[i]!);
  const isSame = [...first.indices].every((index, i) => index === wasm.indices[i]);
  return [
    { what: "order of the samples", found: isSame ? "the same" : "differs", allowed: "the same", passed: isSame },
    lanesAlike(first.rows, wasm.rows, SMALL),
    atMost("change of the weights against float64", relativeL2(change(first.end.params), change(want.params)), 1e-3),
    atMost("weights against float64", relativeL2(first.end.params, want.params), 1e-5),
    compareBits(first, second),
  ];
}

export function atMost(what: string, found: number, allowed: number): Check {
  return { what: `${what}, relative L2`, found: found.toExponential(1), allowed: `<= ${allowed}`, passed: found <= allowed };
}

type RolloutSizes = Pick<PpoOptions, "numEnvs" | "numSteps">;

const LANE_DISTANCE = 1e-3;
/** Paths on which two ways of rounding may take two sides of a branch. */
const BRANCHED_SHARE = 0.02;

/** All but a few lanes have the samples of the other device. @param got samples [step][lane][stride], as `want` */
export function lanesAlike(got: Float32Array, want: Float32Array, { numEnvs, numSteps }: RolloutSizes): Check {
  const stride = want.length / (numEnvs * numSteps);
  const readLane = (rows: Float32Array, lane: number) =>
    Array.from({ length: numSteps }, (_, step) => {
      const sample = step * numEnvs + lane;
      return [...rows.subarray(sample * stride, (sample + 1) * stride)];
    }).flat();
  const distances = Array.from({ length: numEnvs }, (_, lane) => relativeL2(readLane(got, lane), readLane(want, lane)));
  // Counted so that a distance that is no number is beyond.
  const beyond = numEnvs - distances.filter((distance) => distance <= LANE_DISTANCE).length;
  const most = Math.floor(BRANCHED_SHARE * numEnvs);
  return {
    what: `lanes whose samples are further than ${LANE_DISTANCE} (relative L2) from wasm`,
    found: `${beyond} of ${numEnvs}, the farthest ${Math.max(...distances).toExponential(1)}`,
    allowed: `<= ${most}`,
    passed: beyond <= most,
  };
}

export interface GpuIteration {
  readonly end: PpoState;
  readonly rows: Float32Array;
  readonly indices: Uint32Array;
}

/** The same iteration twice. */
function iterateOnGpu(options: LearnerOptions, start: PpoState, loop: RolloutLoop | undefined) {
  const iterate = async (learner: WebgpuLearner, context: GpuContext): Promise<GpuIteration> => {
    learner.restore(start);
    await learner.iterate();
    const rows = new Float32Array(await readBuffer(context, "samples"));
    const indices = new Uint32Array(await readBuffer(context, "indices"));
    return { end: await learner.state(), rows, indices };
  };
  const twice = async (learner: WebgpuLearner, context: GpuContext) =>
    [await iterate(learner, context), await iterate(learner, context)] as const;
  return onGpu(options, start, twice, loop ? { loop } : {});
}

/** The same updates in float64, from the samples that the device has made. */
function float64Update(
  { ppo }: LearnerOptions,
  { start, problem }: WasmIteration,
  { rows, indices }: GpuIteration,
): Float64Vectors {
  const vectors = {
    params: Float64Array.from(start.params),
    firstMoment: Float64Array.from(start.firstMoment),
    secondMoment: Float64Array.from(start.secondMoment),
  };
  const size = (ppo.numEnvs * ppo.numSteps) / ppo.numMinibatches;
  const rate = learningRateAt(ppo, start.envSteps);
  for (let update = 0; update < ppo.updateEpochs * ppo.numMinibatches; update++) {
    const samples = indices.subarray(update * size, (update + 1) * size);
    float64Step({ ...problem, rows }, vectors, samples, rate, start.updates + update + 1);
  }
  return vectors;
}

export function compareBits(first: GpuIteration, second: GpuIteration): Check {
  const { params, firstMoment, secondMoment, lanes } = first.end;
  const pairs: readonly (readonly [ArrayBufferView, ArrayBufferView])[] = [
    [params, second.end.params],
    [firstMoment, second.end.firstMoment],
    [secondMoment, second.end.secondMoment],
    [lanes, second.end.lanes],
    [first.rows, second.rows],
  ];
  const bytes = (view: ArrayBufferView) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const passed = pairs.every(([a, b]) => Buffer.compare(bytes(a), bytes(b)) === 0);
  const found = passed ? "the same" : "differ";
  return { what: "bits of two runs (weights, moments, lanes, samples)", found, allowed: "the same", passed };
}
