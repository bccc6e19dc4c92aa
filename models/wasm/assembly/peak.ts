import { madd, splat, sum } from "./simd";

/** Probe: n rounds of 12 independent f32x4 multiply-adds (96 floating-point operations a round), registers only. */
export function peak(n: i32): f32 {
  const x = splat(0.999), y = splat(0.001);
  let a = splat(0.1), b = splat(0.2), c = splat(0.3), d = splat(0.4), e = splat(0.5), f = splat(0.6);
  let g = splat(0.7), h = splat(0.8), i = splat(0.9), j = splat(1.1), k = splat(1.2), l = splat(1.3);
  for (let round = 0; round < n; round++) {
    a = madd(a, x, y); b = madd(b, x, y); c = madd(c, x, y); d = madd(d, x, y); e = madd(e, x, y); f = madd(f, x, y);
    g = madd(g, x, y); h = madd(h, x, y); i = madd(i, x, y); j = madd(j, x, y); k = madd(k, x, y); l = madd(l, x, y);
  }
  const left = f32x4.add(f32x4.add(a, b), f32x4.add(f32x4.add(c, d), f32x4.add(e, f)));
  return sum(f32x4.add(left, f32x4.add(f32x4.add(g, h), f32x4.add(f32x4.add(i, j), f32x4.add(k, l)))));
}
