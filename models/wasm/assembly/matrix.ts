import { madd, splat, sum, sums } from "./simd";

/**
 * The three matrix products of a dense layer. Activations are feature-major (row = feature, samples contiguous), weights are
 * [input][output]. Strides are in bytes. The register tile is 4 x 2 vectors: 8 accumulators, 2 vectors, 1 operand and 1 product
 * fit in 15 SIMD registers, and 6 loads feed 16 operations.
 */

/** y[o][s] = bias[o] + sum over i of weights[i][o] x[i][s], for `outputs` (multiple of 4) rows and `n` (multiple of 4) samples. */
export function affine(
  weights: usize,
  stride: usize,
  bias: usize,
  inputs: i32,
  outputs: i32,
  x: usize,
  ldx: usize,
  y: usize,
  ldy: usize,
  n: i32,
): void {
  for (let o = 0; o < outputs; o += 4) {
    const b = bias + (o << 2);
    let s = 0;
    for (; s + 8 <= n; s += 8) {
      let c00 = v128.load32_splat(b), c10 = v128.load32_splat(b, 4), c20 = v128.load32_splat(b, 8), c30 = v128.load32_splat(b, 12);
      let c01 = c00, c11 = c10, c21 = c20, c31 = c30;
      let p = weights + (o << 2);
      let q = x + (s << 2);
      for (let i = inputs; i > 0; i--) {
        const b0 = v128.load(q), b1 = v128.load(q, 16);
        let a = v128.load32_splat(p);
        c00 = madd(a, b0, c00); c01 = madd(a, b1, c01);
        a = v128.load32_splat(p, 4);
        c10 = madd(a, b0, c10); c11 = madd(a, b1, c11);
        a = v128.load32_splat(p, 8);
        c20 = madd(a, b0, c20); c21 = madd(a, b1, c21);
        a = v128.load32_splat(p, 12);
        c30 = madd(a, b0, c30); c31 = madd(a, b1, c31);
        p += stride;
        q += ldx;
      }
      let r = y + o * ldy + (s << 2);
      v128.store(r, c00); v128.store(r, c01, 16);
      r += ldy;
      v128.store(r, c10); v128.store(r, c11, 16);
      r += ldy;
      v128.store(r, c20); v128.store(r, c21, 16);
      r += ldy;
      v128.store(r, c30); v128.store(r, c31, 16);
    }
    if (s < n) {
      let c0 = v128.load32_splat(b), c1 = v128.load32_splat(b, 4), c2 = v128.load32_splat(b, 8), c3 = v128.load32_splat(b, 12);
      let p = weights + (o << 2);
      let q = x + (s << 2);
      for (let i = inputs; i > 0; i--) {
        const b0 = v128.load(q);
        c0 = madd(v128.load32_splat(p), b0, c0);
        c1 = madd(v128.load32_splat(p, 4), b0, c1);
        c2 = madd(v128.load32_splat(p, 8), b0, c2);
        c3 = madd(v128.load32_splat(p, 12), b0, c3);
        p += stride;
        q += ldx;
      }
      let r = y + o * ldy + (s << 2);
      v128.store(r, c0);
      r += ldy;
      v128.store(r, c1);
      r += ldy;
      v128.store(r, c2);
      r += ldy;
      v128.store(r, c3);
    }
  }
}

/** Derivative of the activation at activation value `a`, times `d`. kind: 0 linear, 1 tanh, 2 relu. */
// @ts-ignore: AssemblyScript has decorators of functions, TypeScript has none
@inline
function throughActivation(kind: i32, d: v128, a: v128): v128 {
  if (kind == 1) return f32x4.mul(d, f32x4.sub(splat(1), f32x4.mul(a, a)));
  if (kind == 2) return v128.and(d, f32x4.gt(a, splat(0)));
  return d;
}

/**
 * Replaces the activations `a` [inputs][s] by the derivatives before their activation:
 * a[i][s] = f'(a[i][s]) * sum over o of weights[i][o] delta[o][s]. `inputs` is a multiple of 4, `outputs` is not padded.
 */
export function backpropagate(
  weights: usize,
  stride: usize,
  inputs: i32,
  outputs: i32,
  delta: usize,
  ldd: usize,
  a: usize,
  lda: usize,
  n: i32,
  kind: i32,
): void {
  for (let i = 0; i < inputs; i += 4) {
    const w = weights + i * stride;
    let s = 0;
    for (; s + 8 <= n; s += 8) {
      let c00 = splat(0), c01 = splat(0), c10 = splat(0), c11 = splat(0), c20 = splat(0), c21 = splat(0), c30 = splat(0), c31 = splat(0);
      let p0 = w, p1 = p0 + stride, p2 = p1 + stride, p3 = p2 + stride;
      let q = delta + (s << 2);
      for (let o = outputs; o > 0; o--) {
        const b0 = v128.load(q), b1 = v128.load(q, 16);
        let x = v128.load32_splat(p0);
        c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
        x = v128.load32_splat(p1);
        c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
        x = v128.load32_splat(p2);
        c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
        x = v128.load32_splat(p3);
        c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
        p0 += 4; p1 += 4; p2 += 4; p3 += 4;
        q += ldd;
      }
      let r = a + i * lda + (s << 2);
      v128.store(r, throughActivation(kind, c00, v128.load(r))); v128.store(r, throughActivation(kind, c01, v128.load(r, 16)), 16);
      r += lda;
      v128.store(r, throughActivation(kind, c10, v128.load(r))); v128.store(r, throughActivation(kind, c11, v128.load(r, 16)), 16);
      r += lda;
      v128.store(r, throughActivation(kind, c20, v128.load(r))); v128.store(r, throughActivation(kind, c21, v128.load(r, 16)), 16);
      r += lda;
      v128.store(r, throughActivation(kind, c30, v128.load(r))); v128.store(r, throughActivation(kind, c31, v128.load(r, 16)), 16);
    }
    if (s < n) {
      let c0 = splat(0), c1 = splat(0), c2 = splat(0), c3 = splat(0);
      let p = w;
      let q = delta + (s << 2);
      for (let o = outputs; o > 0; o--) {
        const b0 = v128.load(q);
        c0 = madd(v128.load32_splat(p), b0, c0);
        c1 = madd(v128.load32_splat(p + stride), b0, c1);
        c2 = madd(v128.load32_splat(p + 2 * stride), b0, c2);
        c3 = madd(v128.load32_splat(p + 3 * stride), b0, c3);
        p += 4;
        q += ldd;
      }
      let r = a + i * lda + (s << 2);
      v128.store(r, throughActivation(kind, c0, v128.load(r)));
      r += lda;
      v128.store(r, throughActivation(kind, c1, v128.load(r)));
      r += lda;
      v128.store(r, throughActivation(kind, c2, v128.load(r)));
      r += lda;
      v128.store(r, throughActivation(kind, c3, v128.load(r)));
    }
  }
}

/** grad[i][o] += sum over s of x[i][s] delta[o][s]. Dot products: no operand is transposed. `outputs` is a multiple of 4. */
export function outerProduct(
  x: usize,
  ldx: usize,
  inputs: i32,
  delta: usize,
  ldd: usize,
  outputs: i32,
  n: i32,
  grad: usize,
  stride: usize,
): void {
  let i = 0;
  for (; i + 2 <= inputs; i += 2) {
    const x0 = x + i * ldx;
    const end = x0 + (n << 2);
    let g = grad + i * stride;
    for (let o = 0; o < outputs; o += 4) {
      let c00 = splat(0), c01 = splat(0), c02 = splat(0), c03 = splat(0), c10 = splat(0), c11 = splat(0), c12 = splat(0), c13 = splat(0);
      let q0 = delta + o * ldd, q1 = q0 + ldd, q2 = q1 + ldd, q3 = q2 + ldd;
      let p1 = x0 + ldx;
      for (let p = x0; p < end; p += 16) {
        const a0 = v128.load(p), a1 = v128.load(p1);
        let b = v128.load(q0);
        c00 = madd(a0, b, c00); c10 = madd(a1, b, c10);
        b = v128.load(q1);
        c01 = madd(a0, b, c01); c11 = madd(a1, b, c11);
        b = v128.load(q2);
        c02 = madd(a0, b, c02); c12 = madd(a1, b, c12);
        b = v128.load(q3);
        c03 = madd(a0, b, c03); c13 = madd(a1, b, c13);
        p1 += 16; q0 += 16; q1 += 16; q2 += 16; q3 += 16;
      }
      v128.store(g, f32x4.add(v128.load(g), sums(c00, c01, c02, c03)));
      v128.store(g + stride, f32x4.add(v128.load(g + stride), sums(c10, c11, c12, c13)));
      g += 16;
    }
  }
  if (i < inputs) {
    const x0 = x + i * ldx;
    const end = x0 + (n << 2);
    let g = grad + i * stride;
    for (let o = 0; o < outputs; o += 4) {
      let c0 = splat(0), c1 = splat(0), c2 = splat(0), c3 = splat(0);
      let q = delta + o * ldd;
      for (let p = x0; p < end; p += 16) {
        const a = v128.load(p);
        c0 = madd(a, v128.load(q), c0);
        c1 = madd(a, v128.load(q + ldd), c1);
        c2 = madd(a, v128.load(q + 2 * ldd), c2);
        c3 = madd(a, v128.load(q + 3 * ldd), c3);
        q += 16;
      }
      v128.store(g, f32x4.add(v128.load(g), sums(c0, c1, c2, c3)));
      g += 16;
    }
  }
}

/** dst[r] += sum over s of x[r][s]. */
export function addRowSums(x: usize, ld: usize, rows: i32, n: i32, dst: usize): void {
  for (let r = 0; r < rows; r++) {
    let c = splat(0);
    const end = x + (n << 2);
    for (let p = x; p < end; p += 16) c = f32x4.add(c, v128.load(p));
    store<f32>(dst, load<f32>(dst) + sum(c));
    dst += 4;
    x += ld;
  }
}
