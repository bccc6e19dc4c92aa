import { highPairs, interleaveHigh, interleaveLow, lowPairs } from "./simd";

/** Moves between sample-major records and feature-major rows. */

/**
 * dst[f][k] = records[indices[k]][f] for f < fields, k < n (multiple of 4). `stride` in floats, a multiple of 4 not below
 * `fields`, so that a group of four fields never reads past its record. `ldd` in floats.
 */
export function gather(indices: usize, n: i32, records: usize, stride: i32, fields: i32, dst: usize, ldd: i32): void {
  const bytes = (<usize>stride) << 2;
  const ld = (<usize>ldd) << 2;
  for (let k = 0; k < n; k += 4) {
    const p0 = records + (<usize>load<u32>(indices)) * bytes;
    const p1 = records + (<usize>load<u32>(indices, 4)) * bytes;
    const p2 = records + (<usize>load<u32>(indices, 8)) * bytes;
    const p3 = records + (<usize>load<u32>(indices, 12)) * bytes;
    indices += 16;
    let r = dst + (k << 2);
    for (let f = 0; f < fields; f += 4) {
      const o = (<usize>f) << 2;
      const a = v128.load(p0 + o), b = v128.load(p1 + o), c = v128.load(p2 + o), d = v128.load(p3 + o);
      const abl = interleaveLow(a, b), abh = interleaveHigh(a, b), cdl = interleaveLow(c, d), cdh = interleaveHigh(c, d);
      v128.store(r, lowPairs(abl, cdl));
      r += ld;
      if (f + 1 < fields) v128.store(r, highPairs(abl, cdl));
      r += ld;
      if (f + 2 < fields) v128.store(r, lowPairs(abh, cdh));
      r += ld;
      if (f + 3 < fields) v128.store(r, highPairs(abh, cdh));
      r += ld;
    }
  }
}

/** records[k][offset + f] = src[f][k] for f < fields, k < n (multiple of 4). `lds`, `stride` and `offset` in floats. */
export function pack(src: usize, lds: i32, fields: i32, n: i32, records: usize, stride: i32, offset: i32): void {
  const bytes = (<usize>stride) << 2;
  const ld = (<usize>lds) << 2;
  const whole = fields & ~3;
  for (let k = 0; k < n; k += 4) {
    let p = src + (k << 2);
    let q = records + k * bytes + ((<usize>offset) << 2);
    for (let f = 0; f < whole; f += 4) {
      const a = v128.load(p), b = v128.load(p + ld), c = v128.load(p + 2 * ld), d = v128.load(p + 3 * ld);
      const abl = interleaveLow(a, b), abh = interleaveHigh(a, b), cdl = interleaveLow(c, d), cdh = interleaveHigh(c, d);
      v128.store(q, lowPairs(abl, cdl));
      v128.store(q + bytes, highPairs(abl, cdl));
      v128.store(q + 2 * bytes, lowPairs(abh, cdh));
      v128.store(q + 3 * bytes, highPairs(abh, cdh));
      p += 4 * ld;
      q += 16;
    }
    for (let f = whole; f < fields; f++) {
      const a = v128.load(p);
      v128.store_lane<f32>(q, a, 0);
      v128.store_lane<f32>(q + bytes, a, 1);
      v128.store_lane<f32>(q + 2 * bytes, a, 2);
      v128.store_lane<f32>(q + 3 * bytes, a, 3);
      p += ld;
      q += 4;
    }
  }
}

export function copy(dst: usize, src: usize, bytes: i32): void {
  memory.copy(dst, src, bytes);
}
