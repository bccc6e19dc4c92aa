import { madd, splat, sum } from "./simd";

/**
 * Probe: n rounds of 12 f32x4 multiply-adds (96 floating-point operations a round), registers only. Each accumulator adds a
 * multiple of its neighbour: of the forms tried the one that keeps the arithmetic units busiest (independent chains x a + b
 * wait for the latency of both operations and reach a tenth less).
 */
export function peak(n: i32): f32 {
  const x = splat(-1e-9);
  let a = splat(0.1), b = splat(0.2), c = splat(0.3), d = splat(0.4), e = splat(0.5), f = splat(0.6);
  let g = splat(0.7), h = splat(0.8), i = splat(0.9), j = splat(1.1), k = splat(1.2), l = splat(1.3);
  for (let round = 0; round < n; round++) {
    a = madd(b, x, a); b = madd(c, x, b); c = madd(d, x, c); d = madd(e, x, d); e = madd(f, x, e); f = madd(g, x, f);
    g = madd(h, x, g); h = madd(i, x, h); i = madd(j, x, i); j = madd(k, x, j); k = madd(l, x, k); l = madd(a, x, l);
  }
  const left = f32x4.add(f32x4.add(a, b), f32x4.add(f32x4.add(c, d), f32x4.add(e, f)));
  return sum(f32x4.add(left, f32x4.add(f32x4.add(g, h), f32x4.add(f32x4.add(i, j), f32x4.add(k, l)))));
}
