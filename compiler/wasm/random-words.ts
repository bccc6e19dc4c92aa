import type { Push, Simd } from "./simd.js";

/** The four words of pcg4d (see core/random.ts) for four lanes: written once, read as often as needed. */
export function pcg4dCode(simd: Simd, key: readonly Push[]): readonly [Push, Push, Push, Push] {
  const { keep, word, iadd, imul, xor, shru } = simd;
  const start = (part: Push | undefined) => keep(iadd(imul(part as Push, word(1664525)), word(1013904223)));
  let [x, y, z, w] = [start(key[0]), start(key[1]), start(key[2]), start(key[3])];
  const mix = () => {
    x = keep(iadd(x, imul(y, w)));
    y = keep(iadd(y, imul(z, x)));
    z = keep(iadd(z, imul(x, y)));
    w = keep(iadd(w, imul(y, z)));
  };
  mix();
  [x, y, z, w] = [x, y, z, w].map((part) => keep(xor(part, shru(part, 16)))) as [Push, Push, Push, Push];
  mix();
  return [x, y, z, w];
}
