import { addRowSums, affine, backpropagate, outerProduct } from "./matrix";
import { relu, tanh } from "./activation";

/**
 * Dense networks described by a table in memory: i32 number of layers, then per layer 8 i32: inputs, outputs, padded inputs,
 * padded outputs, weight offset, bias offset (floats from the parameters' base), activation, offset of its activations in
 * the scratch (floats). See `NetworkPlan` in models/spec.ts.
 */

const BLOCK: i32 = 64;
/** Bytes between two features in the scratch. */
const LD: usize = 256;

// @ts-ignore: AssemblyScript has decorators of functions, TypeScript has none
@inline
function layerOf(spec: usize, layer: i32): usize {
  return spec + 4 + ((<usize>layer) << 5);
}

function forwardBlock(spec: usize, params: usize, x: usize, ldx: usize, n: i32, y: usize, ldy: usize, scratch: usize): void {
  const layers = load<i32>(spec);
  let input = x;
  let ld = ldx;
  for (let l = 0; l < layers; l++) {
    const layer = layerOf(spec, l);
    const rows = load<i32>(layer, 12);
    const out = scratch + ((<usize>load<i32>(layer, 28)) << 2);
    const weights = params + ((<usize>load<i32>(layer, 16)) << 2);
    const bias = params + ((<usize>load<i32>(layer, 20)) << 2);
    affine(weights, (<usize>rows) << 2, bias, load<i32>(layer), rows, input, ld, out, LD, n);
    const kind = load<i32>(layer, 24);
    if (kind == 1) tanh(out, LD, rows, n);
    else if (kind == 2) relu(out, LD, rows, n);
    input = out;
    ld = LD;
  }
  const outputs = load<i32>(layerOf(spec, layers - 1), 4);
  for (let o = 0; o < outputs; o++) memory.copy(y + o * ldy, input + o * LD, (<usize>n) << 2);
}

export function forward(spec: usize, params: usize, x: usize, ldx: i32, n: i32, y: usize, ldy: i32, scratch: usize): void {
  for (let s = 0; s < n; s += BLOCK) {
    forwardBlock(spec, params, x + (s << 2), (<usize>ldx) << 2, min(BLOCK, n - s), y + (s << 2), (<usize>ldy) << 2, scratch);
  }
}

export function backward(
  spec: usize,
  params: usize,
  x: usize,
  ldx: i32,
  n: i32,
  dy: usize,
  lddy: i32,
  grad: usize,
  scratch: usize,
): void {
  let l = load<i32>(spec) - 1;
  let layer = layerOf(spec, l);
  let outputs = load<i32>(layer, 4);
  let padded = load<i32>(layer, 12);
  let delta = scratch + ((<usize>load<i32>(layer, 28)) << 2);
  for (let o = 0; o < outputs; o++) memory.copy(delta + o * LD, dy + o * ((<usize>lddy) << 2), (<usize>n) << 2);
  for (let o = outputs; o < padded; o++) memory.fill(delta + o * LD, 0, LD);
  for (; l >= 0; l--) {
    const inputs = load<i32>(layer);
    const stride = (<usize>padded) << 2;
    const weight = (<usize>load<i32>(layer, 16)) << 2;
    addRowSums(delta, LD, outputs, n, grad + ((<usize>load<i32>(layer, 20)) << 2));
    if (l == 0) {
      outerProduct(x, (<usize>ldx) << 2, inputs, delta, LD, padded, n, grad + weight, stride);
      return;
    }
    const below = layerOf(spec, l - 1);
    const input = scratch + ((<usize>load<i32>(below, 28)) << 2);
    outerProduct(input, LD, inputs, delta, LD, padded, n, grad + weight, stride);
    backpropagate(params + weight, stride, load<i32>(layer, 8), outputs, delta, LD, input, LD, n, load<i32>(below, 24));
    layer = below;
    delta = input;
    outputs = load<i32>(layer, 4);
    padded = load<i32>(layer, 12);
  }
}

/** After backward of the same block: the derivatives of the first layer's sums are in its place in the scratch. */
export function inputGradient(spec: usize, params: usize, n: i32, dx: usize, lddx: i32, scratch: usize): void {
  const layer = layerOf(spec, 0);
  const delta = scratch + ((<usize>load<i32>(layer, 28)) << 2);
  const weights = params + ((<usize>load<i32>(layer, 16)) << 2);
  const stride = (<usize>load<i32>(layer, 12)) << 2;
  backpropagate(weights, stride, load<i32>(layer, 8), load<i32>(layer, 4), delta, LD, dx, (<usize>lddx) << 2, n, 0);
}
