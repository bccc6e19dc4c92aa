/**
 * One Adam step on elements first..first+n-1 (multiples of 4): the gradient is scaled by `gradScale` (norm clipping) first;
 * correction1 = 1 - beta1^t, correction2 = 1 - beta2^t. The scalars come as f64 so that 1 - beta2 keeps its digits.
 */
export function adam(
  params: usize,
  m: usize,
  v: usize,
  grad: usize,
  first: i32,
  n: i32,
  lr: f64,
  beta1: f64,
  beta2: f64,
  eps: f64,
  correction1: f64,
  correction2: f64,
  gradScale: f64,
): void {
  const scale = f32x4.splat(<f32>gradScale);
  const b1 = f32x4.splat(<f32>beta1), c1 = f32x4.splat(<f32>(1 - beta1));
  const b2 = f32x4.splat(<f32>beta2), c2 = f32x4.splat(<f32>(1 - beta2));
  const rate = f32x4.splat(<f32>(lr / correction1)), inverse2 = f32x4.splat(<f32>(1 / correction2)), epsilon = f32x4.splat(<f32>eps);
  for (let o = (<usize>first) << 2, end = (<usize>(first + n)) << 2; o < end; o += 16) {
    const g = f32x4.mul(scale, v128.load(grad + o));
    const m1 = f32x4.add(f32x4.mul(b1, v128.load(m + o)), f32x4.mul(c1, g));
    const v1 = f32x4.add(f32x4.mul(b2, v128.load(v + o)), f32x4.mul(c2, f32x4.mul(g, g)));
    v128.store(m + o, m1);
    v128.store(v + o, v1);
    const step = f32x4.div(f32x4.mul(rate, m1), f32x4.add(f32x4.sqrt(f32x4.mul(v1, inverse2)), epsilon));
    v128.store(params + o, f32x4.sub(v128.load(params + o), step));
  }
}
