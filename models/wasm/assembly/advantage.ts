// @ts-ignore: decorator
@inline
function high(a: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(a, a, 1, 1));
}

// @ts-ignore: decorator
@inline
function demote(a: v128, b: v128): v128 {
  return v128.shuffle<i64>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 2);
}

/**
 * Generalised advantage estimation, in f64, backwards over [step][lane] arrays of f32 with `ld` floats a step, for lanes
 * first..last-1 (multiples of 4). `nextValue` is the value of the last observation before autoreset where the step ended the
 * episode, of the next observation otherwise. Termination bootstraps from 0; the recursion stops at both kinds of end.
 */
export function gae(
  reward: usize,
  value: usize,
  nextValue: usize,
  terminated: usize,
  truncated: usize,
  advantage: usize,
  target: usize,
  ld: i32,
  steps: i32,
  first: i32,
  last: i32,
  gamma: f64,
  lambda: f64,
): void {
  const g = f64x2.splat(gamma), decay = f64x2.splat(gamma * lambda);
  for (let lane = first; lane < last; lane += 4) {
    let a0 = f64x2.splat(0), a1 = f64x2.splat(0);
    for (let t = steps - 1; t >= 0; t--) {
      const o = (<usize>(t * ld + lane)) << 2;
      const zero = f32x4.splat(0);
      const ruined = f32x4.ne(v128.load(terminated + o), zero);
      const ended = v128.or(ruined, f32x4.ne(v128.load(truncated + o), zero));
      const next = v128.andnot(v128.load(nextValue + o), ruined);
      const r = v128.load(reward + o), v = v128.load(value + o);
      a0 = v128.andnot(a0, v128.shuffle<i32>(ended, ended, 0, 0, 1, 1));
      a1 = v128.andnot(a1, v128.shuffle<i32>(ended, ended, 2, 2, 3, 3));
      const v0 = f64x2.promote_low_f32x4(v), v1 = high(v);
      const d0 = f64x2.sub(f64x2.add(f64x2.promote_low_f32x4(r), f64x2.mul(g, f64x2.promote_low_f32x4(next))), v0);
      const d1 = f64x2.sub(f64x2.add(high(r), f64x2.mul(g, high(next))), v1);
      a0 = f64x2.add(d0, f64x2.mul(decay, a0));
      a1 = f64x2.add(d1, f64x2.mul(decay, a1));
      v128.store(advantage + o, demote(a0, a1));
      v128.store(target + o, demote(f64x2.add(a0, v0), f64x2.add(a1, v1)));
    }
  }
}
