/** Sums and scans. All run in a fixed order: the result depends on the arguments only. */

// @ts-ignore: AssemblyScript has decorators of functions, TypeScript has none
@inline
function low(a: v128): v128 {
  return f64x2.promote_low_f32x4(a);
}

// @ts-ignore: AssemblyScript has decorators of functions, TypeScript has none
@inline
function high(a: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(a, a, 1, 1));
}

// @ts-ignore: AssemblyScript has decorators of functions, TypeScript has none
@inline
function sum64(a: v128): f64 {
  return f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
}

/** f64 dst[r] += sum over s < n (multiple of 4) of src[r][s]. `ld` in floats. */
export function sumRows(src: usize, ld: i32, rows: i32, n: i32, dst: usize): void {
  for (let r = 0; r < rows; r++) {
    let a = f64x2.splat(0), b = f64x2.splat(0);
    const end = src + ((<usize>n) << 2);
    for (let p = src; p < end; p += 16) {
      const x = v128.load(p);
      a = f64x2.add(a, low(x));
      b = f64x2.add(b, high(x));
    }
    store<f64>(dst, load<f64>(dst) + sum64(f64x2.add(a, b)));
    dst += 8;
    src += (<usize>ld) << 2;
  }
}

/** f64 dst[2 r] += sum, dst[2 r + 1] += sum of squares over s < n (multiple of 4) of src[r][s]. `ld` in floats. */
export function moments(src: usize, ld: i32, rows: i32, n: i32, dst: usize): void {
  for (let r = 0; r < rows; r++) {
    let a = f64x2.splat(0), b = f64x2.splat(0), c = f64x2.splat(0), d = f64x2.splat(0);
    const end = src + ((<usize>n) << 2);
    for (let p = src; p < end; p += 16) {
      const x = v128.load(p);
      const l = low(x), h = high(x);
      a = f64x2.add(a, l);
      b = f64x2.add(b, h);
      c = f64x2.add(c, f64x2.mul(l, l));
      d = f64x2.add(d, f64x2.mul(h, h));
    }
    store<f64>(dst, load<f64>(dst) + sum64(f64x2.add(a, b)));
    store<f64>(dst, load<f64>(dst, 8) + sum64(f64x2.add(c, d)), 8);
    dst += 16;
    src += (<usize>ld) << 2;
  }
}

/** Sum of the squares of n (multiple of 4) floats, in f64. */
export function sumSquares(src: usize, n: i32): f64 {
  let a = f64x2.splat(0), b = f64x2.splat(0);
  const end = src + ((<usize>n) << 2);
  for (let p = src; p < end; p += 16) {
    const x = v128.load(p);
    const l = low(x), h = high(x);
    a = f64x2.add(a, f64x2.mul(l, l));
    b = f64x2.add(b, f64x2.mul(h, h));
  }
  return sum64(f64x2.add(a, b));
}

/** dst[i] = chunk 0 [i] + chunk 1 [i] + … for i < n (multiple of 4); chunks lie `strideBytes` apart. dst may be chunk 0. */
export function reduceChunks(chunks: usize, count: i32, strideBytes: i32, n: i32, dst: usize): void {
  for (let i: usize = 0, end = (<usize>n) << 2; i < end; i += 16) {
    let p = chunks + i;
    let c = v128.load(p);
    for (let k = 1; k < count; k++) {
      p += strideBytes;
      c = f32x4.add(c, v128.load(p));
    }
    v128.store(dst + i, c);
  }
}

/** Index of the first NaN or infinity among n (multiple of 4) floats, -1 if there is none. */
export function firstNonFinite(src: usize, n: i32): i32 {
  for (let i = 0; i < n; i += 4) {
    const x = v128.load(src + ((<usize>i) << 2));
    const zero = f32x4.sub(x, x); // NaN for NaN and infinity
    if (i32x4.all_true(f32x4.eq(zero, zero))) continue;
    for (let k = i; ; k++) {
      const y = load<f32>(src + ((<usize>k) << 2));
      if (!(y - y == 0)) return k;
    }
  }
  return -1;
}

/** 1 if any of n (multiple of 4) floats is neither 0 nor -0, else 0. */
export function anyNonZero(src: usize, n: i32): i32 {
  for (let i = 0; i < n; i += 4) {
    if (v128.any_true(f32x4.ne(v128.load(src + ((<usize>i) << 2)), f32x4.splat(0)))) return 1;
  }
  return 0;
}

/** n floats = value. */
export function fill(dst: usize, n: i32, value: f32): void {
  const end = dst + ((<usize>n) << 2), whole = dst + ((<usize>(n & ~3)) << 2);
  for (; dst < whole; dst += 16) v128.store(dst, f32x4.splat(value));
  for (; dst < end; dst += 4) store<f32>(dst, value);
}
