import { expect, test } from "vitest";
import { uniform4 } from "../../core/random.js";
import { WATCH_USES, watchControls, watchedControls, watchState } from "./manipulation.js";

const fields = {
  issuance: { unit: "1/year", low: 0, high: 1, maxMove: 0.01, start: 0.5, doc: "first control" },
  fee: { unit: "1", low: 0, high: 1, maxMove: 0.1, start: 0.5, doc: "second control" },
};
const u = { ...WATCH_USES, WATCHED: watchedControls(fields) };

const noise = (day: number, stream: number) => 2 * Math.sqrt(3) * (uniform4(9, 0, day, stream).a - 0.5);

const emptyWatch = () => zeros(watchState(fields));

function zeros<Name extends string>(fields: Readonly<Record<Name, unknown>>): Record<Name, number> {
  return Object.fromEntries(Object.keys(fields).map((name) => [name, 0])) as Record<Name, number>;
}

/** Runs days and returns the last figure, with all that a regression needs. `react` gets what the watch pairs moves with. */
function watch(
  days: number,
  react: (slowReturn: number, slowService: number, day: number) => readonly [number, number],
  link = 0,
) {
  const s = { ...emptyWatch(), shareReturn: 0 };
  WATCH_USES.resetWatch(s, u);
  const a = { issuance: 0.5, fee: 0.5 };
  const rows: { x: number; y: number; moves: readonly number[] }[] = [];
  let logService = 0;
  let figure = 0;
  for (let day = 0; day < days; day++) {
    const [x, y] = [s.shareSlowReturn, s.shareSlowService];
    const moves = react(x, y, day);
    rows.push({ x, y, moves });
    a.issuance += 0.01 * moves[0];
    a.fee += 0.1 * moves[1];
    const growth = 0.02 * noise(day, 1);
    logService += growth;
    s.shareReturn = 0.05 * noise(day, 2) + link * growth;
    figure = watchControls(s, a, Math.exp(logService), 1, u);
  }
  return { figure, rows };
}

/** Gain in R^2 of all controls together by adding x to a regression on y, on exponential weights, by normal equations without constants. */
function regressionGain(rows: readonly { x: number; y: number; moves: readonly number[] }[]): number {
  const weight = rows.map((_, i) => 0.98 ** (rows.length - 1 - i));
  const sum = (f: (row: (typeof rows)[number]) => number) => rows.reduce((total, row, i) => total + weight[i]! * f(row), 0);
  const [xx, xy, yy] = [sum((r) => r.x * r.x), sum((r) => r.x * r.y), sum((r) => r.y * r.y)];
  let [without, withX, all] = [0, 0, 0];
  for (const k of [0, 1]) {
    const [xm, ym] = [sum((r) => r.x * r.moves[k]!), sum((r) => r.y * r.moves[k]!)];
    const det = xx * yy - xy * xy;
    const [bx, by] = [(xm * yy - ym * xy) / det, (ym * xx - xm * xy) / det];
    withX += bx * xm + by * ym;
    without += (ym * ym) / yy;
    all += sum((r) => r.moves[k]! ** 2);
  }
  return (withX - without) / all;
}

test("is the gain in R^2 of a weighted regression, whatever the controls follow", () => {
  for (const link of [0, 3]) {
    for (const [onReturn, onService] of [
      [20, 0],
      [5, 10],
      [0, 15],
    ] as const) {
      const { figure, rows } = watch(
        600,
        (x, y, day) => [onReturn * x + onService * y + 0.3 * noise(day, 3), 0.4 * noise(day, 4)],
        link,
      );
      // The prior moments and the floors of the divisors weigh 6e-6 and below 1e-3 after 600 days.
      expect(Math.abs(figure - regressionGain(rows))).toBeLessThan(0.01);
    }
  }
});

test("is high for a control that follows the share, low for one that follows service, which the share follows too", () => {
  expect(watch(400, (x) => [10 * x, 0]).figure).toBeGreaterThan(0.9);
  expect(watch(400, (_x, y) => [10 * y, 0], 3).figure).toBeLessThan(0.02);
  expect(watch(400, (_x, _y, day) => [noise(day, 5), noise(day, 6)]).figure).toBeLessThan(0.1);
});

test("is 0 for controls that stand still and small in the first days", () => {
  expect(watch(100, () => [0, 0]).figure).toBe(0);
  expect(watch(3, (x) => [10 * x, 10 * x]).figure).toBeLessThan(0.2);
});

test("keeps one set of moments for each of at most eight controls", () => {
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`tilt${i}`, fields.fee] as const));
  expect(Object.keys(watchedControls(many))).toHaveLength(8);
  expect(Object.keys(watchState(many))).toHaveLength(7 + 3 * 8);
});
