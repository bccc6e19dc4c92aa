import type { Words4 } from "./random.js";

/** What {@link normal4} needs in `u`: the primitive `uniform4` and the constant 2 pi. */
interface NormalUses {
  readonly uniform4: (seed: number, episode: number, day: number, stream: number) => Words4;
  readonly TWO_PI: number;
}

/**
 * Four independent standard normal numbers for one key (Box-Muller on {@link uniform4}), in the compiler's subset.
 * No value is kept between calls, so the stream has no hidden state.
 */
export function normal4(seed: number, episode: number, day: number, stream: number, u: NormalUses): Words4 {
  const x = u.uniform4(seed, episode, day, stream);
  const near = Math.sqrt(-2 * Math.log(x.a));
  const far = Math.sqrt(-2 * Math.log(x.c));
  return {
    a: near * Math.cos(u.TWO_PI * x.b),
    b: near * Math.sin(u.TWO_PI * x.b),
    c: far * Math.cos(u.TWO_PI * x.d),
    d: far * Math.sin(u.TWO_PI * x.d),
  };
}
