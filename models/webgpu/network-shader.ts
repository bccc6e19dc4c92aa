import type { LayerPlan, NetworkPlan } from "../spec.js";
import type { RecordPlan } from "./records.js";
import { type LayerJobs, layerJobs, type TilePlan } from "./tile.js";

/** Which records hold a network's activations and deltas. */
interface Keep {
  readonly records: RecordPlan;
  readonly which: "actor" | "critic";
}

interface ForwardOptions {
  /** Begins the names of the shader's functions. */
  readonly name: string;
  readonly network: NetworkPlan;
  /** Of the network in the parameters, floats. */
  readonly offset: number;
  readonly tile: TilePlan;
  /** Whether the hidden activations are kept for the way back. */
  readonly keep?: Keep;
}

type BackwardOptions = ForwardOptions & { readonly keep: Keep };

/**
 * WGSL `fn NAME_forward(lid: u32)`: takes the tile's samples through a network. All threads of the workgroup call it together,
 * after a barrier behind the writing of the inputs to the tile's first columns, padding included. It leaves the padded outputs
 * in the tile's first columns and ends with a barrier. It reads `params: array<vec4f>`; with `keep` it writes the hidden
 * activations to `records: array<vec4f>`, where the private `record_base` is the first column of the tile's first sample.
 */
export function forwardShader(options: ForwardOptions): string {
  const { name, network } = options;
  const usesTanh = network.layers.some(({ activation }) => activation === "tanh");
  return `${usesTanh ? tanhFunction(name) : ""}
fn ${name}_forward(lid: u32) {
${network.layers.map((layer, l) => forwardLayer(options, layer, l)).join("\n")}
}`;
}

/**
 * WGSL `fn NAME_backward(lid: u32)`: takes the derivatives with respect to the outputs, in the tile's first columns with 0 in
 * the padding and behind a barrier, back to the first layer, and writes the deltas of all layers to the records. It comes
 * after `NAME_forward` with the same `record_base`; each thread reads only activations that it wrote. It ends with a barrier
 * and leaves the first hidden layer's deltas in the tile.
 */
export function backwardShader(options: BackwardOptions): string {
  const { name, network, tile, keep } = options;
  const last = network.layers.at(-1)!.paddedOutputs / 4;
  const delta = keep.records[keep.which].deltas.at(-1)!;
  const layers = network.layers.map((layer, l) => (l > 0 ? backwardLayer(options, layer, l) : ""));
  return `fn ${name}_backward(lid: u32) {
  for (var i = lid; i < ${tile.samples * last}u; i += ${tile.threads}u) {
    let sample = i / ${last}u;
    let column = i % ${last}u;
    records[record_base + sample * ${keep.records.size}u + ${delta}u + column] = tile[sample * ${tile.stride}u + column];
  }
${layers.reverse().join("\n")}
  workgroupBarrier();
}`;
}

function forwardLayer({ name, offset, tile, keep }: ForwardOptions, layer: LayerPlan, l: number): string {
  const jobs = layerJobs(tile, layer.paddedOutputs);
  const hidden = keep?.records[keep.which].hidden[l];
  const activate = { linear: "", tanh: `a = ${name}_tanh(a);`, relu: "a = max(a, vec4f());" }[layer.activation];
  return layerBlock(tile, jobs, {
    start: `params[${(offset + layer.bias) / 4}u + column]`,
    weight: `${(offset + layer.weight) / 4}u + column`,
    steps: layer.paddedInputs / 4,
    weights: [0, 1, 2, 3].map((k) => `let w${k} = params[weight + ${k * jobs.columns}u];`),
    weightStep: 4 * jobs.columns,
    finish: activate,
    ...(keep && hidden !== undefined ? { store: { column: hidden, size: keep.records.size } } : {}),
  });
}

/** Of the deltas of layer `l` (from 0), those of the layer below: columns are its outputs, and threads have its forward jobs. */
function backwardLayer({ network, offset, tile, keep }: BackwardOptions, layer: LayerPlan, l: number): string {
  const across = layer.paddedOutputs / 4;
  const record = keep.records[keep.which];
  const slope = { linear: "", tanh: "a *= 1.0 - h * h;", relu: "a = select(vec4f(), a, h > vec4f());" };
  const rows = [0, 1, 2, 3].map((k) => `let r${k} = params[weight + ${k * across}u];`);
  return layerBlock(tile, layerJobs(tile, layer.paddedInputs), {
    start: "vec4f()",
    weight: `${(offset + layer.weight) / 4}u + column * ${4 * across}u`,
    steps: across,
    weights: [...rows, ...["x", "y", "z", "w"].map((j, i) => `let w${i} = vec4f(r0.${j}, r1.${j}, r2.${j}, r3.${j});`)],
    weightStep: 1,
    finish: `let h = records[record + ${record.hidden[l - 1]}u]; ${slope[network.layers[l - 1]!.activation]}`,
    store: { column: record.deltas[l - 1]!, size: keep.records.size },
  });
}

interface LayerText {
  /** First value of the accumulators. */
  readonly start: string;
  /** First weight's index in `params`, then what each step adds to it. */
  readonly weight: string;
  readonly weightStep: number;
  /** Columns of the tile to sum over. */
  readonly steps: number;
  /** Makes w0..w3, the weights from the features of one column to this thread's column. */
  readonly weights: readonly string[];
  /** Turns the sum in variable `a` into the result; `record` is this thread's first column in the sample's record. */
  readonly finish: string;
  /** Column of the record that takes the result, and the record's size. */
  readonly store?: { readonly column: number; readonly size: number };
}

/**
 * One layer in place: sums in registers, a barrier, results into the tile, a barrier. The activation is a loop over the
 * thread's own results in the tile: written out for each sample it would be most of the shader, and of the time to compile it.
 */
function layerBlock({ stride }: TilePlan, jobs: LayerJobs, text: LayerText): string {
  const group = Array.from({ length: jobs.samples }, (_, i) => i);
  const each = (line: (i: number) => string) => group.map(line).join("\n      ");
  return `  {
    let busy = lid < ${jobs.count}u;
    let column = lid % ${jobs.columns}u;
    let sample = lid / ${jobs.columns}u * ${jobs.samples}u;
    let row = sample * ${stride}u;
    ${each((i) => `var a${i} = ${i === 0 ? text.start : "a0"};`)}
    if (busy) {
      var weight = ${text.weight};
      for (var k = row; k < row + ${text.steps}u; k++) {
        ${text.weights.join("\n        ")}
        ${each((i) => `let x${i} = tile[k + ${i * stride}u]; a${i} = a${i} + x${i}.x * w0 + x${i}.y * w1 + x${i}.z * w2 + x${i}.w * w3;`)}
        weight += ${text.weightStep}u;
      }
    }
    workgroupBarrier();
    if (busy) {
      ${each((i) => `tile[row + column + ${i * stride}u] = a${i};`)}
      ${text.finish ? finishLoop(stride, jobs, text) : ""}
    }
    workgroupBarrier();
  }`;
}

function finishLoop(stride: number, jobs: LayerJobs, { finish, store }: LayerText): string {
  const kept = store && `let record = record_base + (sample + i) * ${store.size}u + column;`;
  return `for (var i = 0u; i < ${jobs.samples}u; i++) {
        let at = row + column + i * ${stride}u;
        var a = tile[at];
        ${kept ?? ""}
        ${finish}
        tile[at] = a;
        ${store ? `records[record + ${store.column}u] = a;` : ""}
      }`;
}

/** Numerator and denominator of the rational tanh, highest power first; the numbers of the WebAssembly kernels. */
export const TANH = {
  bound: 7.905311107635498,
  above: [
    -2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11, 5.12229709037114e-8, 1.48572235717979e-5,
    6.37261928875436e-4, 4.89352455891786e-3,
  ],
  below: [1.19825839466702e-6, 1.18534705686654e-4, 2.268434632439e-3, 4.89352518554385e-3],
} as const;

function tanhFunction(name: string): string {
  const horner = (coefficients: readonly number[]) => coefficients.map(String).reduce((sum, c) => `(${sum}) * s + ${c}`);
  return `fn ${name}_tanh(y: vec4f) -> vec4f {
  let x = clamp(y, vec4f(-${TANH.bound}), vec4f(${TANH.bound}));
  let s = x * x;
  return x * (${horner(TANH.above)}) / (${horner(TANH.below)});
}`;
}
