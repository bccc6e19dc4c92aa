import { formatFixed } from "./format.js";

/** Range of the finite values with a little air; never empty. */
export function spanOf(values: readonly number[], scale: "linear" | "log" = "linear"): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return scale === "log" ? [0.1, 1] : [0, 1];
  if (scale === "log") return [low / 1.05, high * 1.05];
  const air = (high - low) * 0.04 || Math.abs(high) * 0.1 || 1;
  return [low === 0 ? 0 : low - air, high === 0 ? 0 : high + air];
}

/** How many times as far as the others an interval must reach to be cut. */
const OUTLIER_RATIO = 3;

/**
 * Span of intervals and 0, with a little air. Where no more than a quarter of them reach more than three times as far from 0
 * as all others, the span ends at half as far again as the others do: those that lie beyond would squash the rest.
 */
export function clippedSpan(intervals: readonly { readonly low: number; readonly high: number }[]): [number, number] {
  const reach = intervals.map(({ low, high }) => Math.max(Math.abs(low), Math.abs(high))).sort((a, b) => b - a);
  const [low, high] = spanOf(intervals.flatMap(({ low, high }) => [low, high, 0]));
  for (let cut = 1; cut <= Math.floor(reach.length / 4); cut++) {
    if (reach[cut]! > 0 && reach[cut - 1]! > OUTLIER_RATIO * reach[cut]!) {
      const end = 1.5 * reach[cut]!;
      return [Math.max(low, -end), Math.min(high, end)];
    }
  }
  return [low, high];
}

export function tickCount(width: number): number {
  return Math.max(3, Math.min(8, Math.floor(width / 90)));
}

/** Ticks 1, 2, 5 of each decade; finer ones where the range is narrow. */
export function logTicks([low, high]: readonly [number, number]): number[] {
  const within = (steps: readonly number[]) => {
    const first = Math.floor(Math.log10(low));
    const decades = Array.from({ length: Math.ceil(Math.log10(high)) - first + 1 }, (_, i) => 10 ** (first + i));
    return decades
      .flatMap((decade) => steps.map((step) => Number((step * decade).toPrecision(3))))
      .filter((t) => t >= low && t <= high);
  };
  const choices = [
    [1],
    [1, 3],
    [1, 2, 5],
    [1, 1.5, 2, 3, 4, 5, 6, 8],
    [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9],
  ];
  return choices.map(within).find((ticks) => ticks.length >= 3) ?? [low, high].map((end) => Number(end.toPrecision(3)));
}

export function tickText(value: number): string {
  const size = Math.abs(value);
  if (value === 0) return "0";
  if (size >= 1e6) return `${formatFixed(value / 1e6, size >= 1e7 ? 0 : 1)}M`;
  if (size < 1e-3) return value.toExponential(0).replaceAll("-", "−");
  return String(Number(value.toPrecision(3))).replace("-", "−");
}

/** Moves positions apart to at least `gap`, keeping their order and as near as a pass down and a pass up allow. */
export function spreadApart(positions: readonly number[], gap: number): number[] {
  const order = positions.map((_, i) => i).sort((a, b) => positions[a]! - positions[b]!);
  const placed = [...positions];
  for (let pass = 0; pass < 20; pass++) {
    for (let k = 1; k < order.length; k++) {
      const above = order[k - 1]!;
      const below = order[k]!;
      const missing = gap - (placed[below]! - placed[above]!);
      if (missing <= 1e-9) continue;
      placed[above]! -= missing / 2;
      placed[below]! += missing / 2;
    }
  }
  return placed;
}
