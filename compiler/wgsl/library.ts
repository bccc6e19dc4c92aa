import {
  EXP_COEFFICIENTS,
  EXPM1_COEFFICIENTS,
  LN2_HIGH,
  LN2_LOW,
  LOG_COEFFICIENTS,
  PI_HIGH,
  PI_LOW,
  SIN_COEFFICIENTS,
  TANH_COEFFICIENTS,
  TANH_MIDDLE,
  TANH_SATURATION,
} from "../float32/coefficients.js";
import { float } from "./literals.js";

function polynomial(x: string, coefficients: readonly number[]): string {
  const [highest, ...lower] = coefficients.toReversed() as [number, ...number[]];
  return lower.reduce((sum, coefficient) => `(${sum} * ${x} + ${float(coefficient)})`, float(highest));
}

/** x^(quarters / 4) as products and roots, like the SIMD execution's. */
function quarterPower(quarters: number): string {
  const factors: string[] = [];
  if (quarters % 4 > 1) factors.push("root");
  if (quarters % 2 === 1) factors.push("sqrt(root)");
  const lines = quarters % 4 === 0 ? [] : ["let root = sqrt(x);"];
  let square = "x";
  for (let bits = quarters >> 2, i = 2; bits > 0; bits >>= 1, i *= 2) {
    if (bits & 1) factors.push(square);
    if (bits > 1) {
      lines.push(`let x${i} = ${square} * ${square};`);
      square = `x${i}`;
    }
  }
  return `fn power_${quarters}(x: f32) -> f32 { ${lines.join(" ")} return ${factors.join(" * ")}; }`;
}

/** The greatest multiple of 1/4 that has a function of its own, in quarters. */
export const MAX_QUARTERS = 32;

const LN2_REMAINDER = (x: string) => `(${x} - m * ${float(LN2_HIGH)}) - m * ${float(LN2_LOW)}`;

/**
 * The functions that emitted code calls: the polynomials of the SIMD execution with the same coefficients (the built-in ones may
 * be off by 2^-11), `clamp` with its treatment of NaN, and the counter-based hash of core/random.ts. Where rounding to an integer
 * matters it goes through one, as WGSL may otherwise cancel what is added and taken away again.
 */
export const WGSL_LIBRARY = `
// A constant expression may not be infinite; a variable may.
var<private> infinity_bits: u32 = 0x7f800000u;

fn is_nan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }

fn min_of(a: f32, b: f32) -> f32 { return select(a, b, (b < a) | is_nan(b)); }
fn max_of(a: f32, b: f32) -> f32 { return select(a, b, (b > a) | is_nan(b)); }
fn min_bound(x: f32, bound: f32) -> f32 { return select(x, bound, bound < x); }
fn max_bound(x: f32, bound: f32) -> f32 { return select(x, bound, bound > x); }

fn clamp_safe(x: f32, low: f32, high: f32, safe: f32) -> f32 {
  return select(select(low, min(x, high), x >= low), safe, is_nan(x));
}

fn exp32(argument: f32) -> f32 {
  let raised = select(argument, -87.6f, argument < -87.6f);
  let x = select(raised, 89f, raised > 89f);
  let n = i32(round(x * ${float(Math.LOG2E)}));
  let m = f32(n);
  let f = ${LN2_REMAINDER("x")};
  let value = (${polynomial("f", EXP_COEFFICIENTS)} * (f * f) + f) + 1f;
  let half = value * bitcast<f32>(bitcast<u32>(n + 126) << 23u);
  return half + half;
}

fn log32(x: f32) -> f32 {
  let bits = bitcast<i32>(x);
  let distance = bits - 0x3f3504f3;
  let k = f32(distance >> 23u);
  let f = bitcast<f32>(bits - (distance & -8388608)) - 1f;
  let s = f / (f + 2f);
  let z = s * s;
  let half_square = f * f * 0.5f;
  let small = k * ${float(LN2_LOW)} + s * (half_square + z * ${polynomial("z", LOG_COEFFICIENTS)});
  let usual = k * ${float(LN2_HIGH)} + (f - (half_square - small));
  let of_zero_or_less = bitcast<f32>(infinity_bits | select(0x400000u, 0x80000000u, (bits & 0x7fffffff) == 0));
  return select(select(of_zero_or_less, x, bits >= 0x7f800000), usual, (bits > 0) & (bits < 0x7f800000));
}

fn tanh32(x: f32) -> f32 {
  let size = select(abs(x), ${float(TANH_SATURATION)}, abs(x) > ${float(TANH_SATURATION)});
  let twice = size + size;
  let n = i32(round(twice * ${float(Math.LOG2E)} - 0.25f));
  let m = f32(n);
  let f = ${LN2_REMAINDER("twice")};
  let power_less_1 = ${polynomial("f", EXPM1_COEFFICIENTS)} * (f * f) + f;
  let scale = bitcast<f32>(bitcast<u32>(n + 127) << 23u);
  let t = scale * power_less_1 + (scale - 1f);
  let square = size * size;
  let near_0 = size * square * ${polynomial("square", TANH_COEFFICIENTS)} + size;
  let result = select(t / (t + 2f), near_0, size < ${float(TANH_MIDDLE)});
  return bitcast<f32>(bitcast<u32>(result) | (bitcast<u32>(x) & 0x80000000u));
}

fn sine_of_reduced(r: f32, n: i32) -> f32 {
  let square = r * r;
  let result = r * square * ${polynomial("square", SIN_COEFFICIENTS)} + r;
  return bitcast<f32>(bitcast<u32>(result) ^ (bitcast<u32>(n) << 31u));
}

fn sin32(x: f32) -> f32 {
  let n = i32(round(x * ${float(1 / Math.PI)}));
  let m = f32(n);
  return sine_of_reduced((x - m * ${float(PI_HIGH)}) - m * ${float(PI_LOW)}, n);
}

fn cos32(x: f32) -> f32 {
  let n = i32(round(x * ${float(1 / Math.PI)} - 0.5f));
  let m = f32(n) + 0.5f;
  return sine_of_reduced(m * ${float(PI_LOW)} + (m * ${float(PI_HIGH)} - x), n);
}

fn pow32(x: f32, y: f32) -> f32 { return select(exp32(y * log32(x)), 1f, y == 0f); }

${Array.from({ length: MAX_QUARTERS }, (_, i) => quarterPower(i + 1)).join("\n")}

fn pcg4d(key: vec4u) -> vec4u {
  var v = key * 1664525u + 1013904223u;
  v.x += v.y * v.w; v.y += v.z * v.x; v.z += v.x * v.y; v.w += v.y * v.z;
  v ^= v >> vec4u(16u);
  v.x += v.y * v.w; v.y += v.z * v.x; v.z += v.x * v.y; v.w += v.y * v.z;
  return v;
}

fn unit_interval(word: u32) -> f32 { return bitcast<f32>((word >> 9u) | 0x3f800000u) - ${float(1 - 2 ** -24)}; }
`;
