/** The float32 nearest to a number as a WGSL expression, infinities and NaN included; zeros have no sign. */
export function float(value: number): string {
  const rounded = Math.fround(value);
  if (Number.isNaN(rounded)) return "bitcast<f32>(infinity_bits | 0x400000u)";
  if (rounded === Number.POSITIVE_INFINITY) return "bitcast<f32>(infinity_bits)";
  if (rounded === Number.NEGATIVE_INFINITY) return "bitcast<f32>(infinity_bits | 0x80000000u)";
  return rounded < 0 ? `(${rounded}f)` : `${rounded}f`;
}
