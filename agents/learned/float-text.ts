/** Floats as base64 of their little-endian float32 bytes, with what browsers and Node.js both have. */
export function encodeFloats(floats: Float32Array): string {
  const bytes = new Uint8Array(4 * floats.length);
  const view = new DataView(bytes.buffer);
  floats.forEach((value, i) => {
    view.setFloat32(4 * i, value, true);
  });
  const parts: string[] = [];
  // A few thousand arguments at a time: engines limit their number.
  for (let at = 0; at < bytes.length; at += 4096) parts.push(String.fromCharCode(...bytes.subarray(at, at + 4096)));
  return btoa(parts.join(""));
}

/** @param text base64 of a multiple of 4 bytes */
export function decodeFloats(text: string): Float32Array {
  const characters = atob(text);
  const view = new DataView(Uint8Array.from(characters, (character) => character.charCodeAt(0)).buffer);
  return Float32Array.from({ length: characters.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
}
