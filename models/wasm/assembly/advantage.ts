// @ts-ignore: AssemblyScript has decorators of functions, TypeScript has none
@inline
function high(a: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(a, a, 1, 1));
}

// @ts-ignore: AssemblyScript has decorators of functions, TypeScript has none
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

/**
 * Subtracts from each advantage the mean over its group: `group` neighbouring lanes, as far as they are on the same day of the
 * same episode. Episode and day are f32 arrays like the advantages, compared for equality.
 */
export function centerGroups(advantage: usize, episode: usize, day: usize, ld: i32, steps: i32, lanes: i32, group: i32): void {
  for (let t = 0; t < steps; t++) {
    for (let first = 0; first < lanes; first += group) {
      centerGroup((<usize>(t * ld + first)) << 2, advantage, episode, day, group);
    }
  }
}

function centerGroup(offset: usize, advantage: usize, episode: usize, day: usize, group: i32): void {
  let same = true;
  let total: f64 = 0;
  const e0 = load<f32>(episode + offset), d0 = load<f32>(day + offset);
  for (let i = 0; i < group; i++) {
    const at = offset + ((<usize>i) << 2);
    if (load<f32>(episode + at) != e0 || load<f32>(day + at) != d0) same = false;
    total += load<f32>(advantage + at);
  }
  if (same) {
    const mean = total / (<f64>group);
    for (let i = 0; i < group; i++) {
      const at = advantage + offset + ((<usize>i) << 2);
      store<f32>(at, <f32>(load<f32>(at) - mean));
    }
    return;
  }
  centerMixed(offset, advantage, episode, day, group);
}

/** Lanes that were ruined early are ahead of the others; each lane counts its own company only. */
function centerMixed(offset: usize, advantage: usize, episode: usize, day: usize, group: i32): void {
  // Company by company, led by its first lane; the means are taken before anything is written.
  for (let i = 0; i < group; i++) {
    const lead = offset + ((<usize>i) << 2);
    const e = load<f32>(episode + lead), d = load<f32>(day + lead);
    let total: f64 = 0;
    let count = 0;
    let leads = true;
    for (let j = 0; j < group; j++) {
      const at = offset + ((<usize>j) << 2);
      if (load<f32>(episode + at) != e || load<f32>(day + at) != d) continue;
      if (j < i) leads = false;
      total += load<f32>(advantage + at);
      count++;
    }
    if (!leads) continue;
    const mean = total / (<f64>count);
    for (let j = i; j < group; j++) {
      const at = offset + ((<usize>j) << 2);
      if (load<f32>(episode + at) != e || load<f32>(day + at) != d) continue;
      store<f32>(advantage + at, <f32>(load<f32>(advantage + at) - mean));
    }
  }
}
