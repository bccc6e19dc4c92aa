const scratch = new DataView(new ArrayBuffer(4));

/** The u32 that holds `value` rounded to float32. */
export function floatBits(value: number): number {
  scratch.setFloat32(0, value);
  return scratch.getUint32(0);
}

/** The float32 held by a u32. */
export function bitsToFloat(bits: number): number {
  scratch.setUint32(0, bits);
  return scratch.getFloat32(0);
}
