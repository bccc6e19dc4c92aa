/** Odd, bounded by +-1, slope 1 at 0: an algebraic stand-in for tanh that costs one square root. */
export function saturate(x: number): number {
  return x / Math.sqrt(1 + x * x);
}

/** From 0 to 1 with slope 1/4 at 0, like the logistic function but algebraic. */
export function share(x: number): number {
  return 0.5 + (0.25 * x) / Math.sqrt(1 + 0.25 * x * x);
}
