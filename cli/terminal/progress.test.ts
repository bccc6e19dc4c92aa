import { expect, test } from "vitest";
import { fakeIo } from "../../test/support/fake-io.js";
import { createProgress, fitLine } from "./progress.js";

const figures = (envSteps: number) => ({ envSteps, notes: ["return 1.500", "kl 0.0100"] });

/** An Io whose clock the test moves. */
function timed(isTTY: boolean) {
  const time = { now: 0 };
  const parts: string[] = [];
  const stderr = { isTTY, columns: 200, failure: () => undefined, write: (text: string) => void parts.push(text) };
  return { io: fakeIo({ stderr, now: () => time.now }), time, parts };
}

test("the speed is that of the last ten seconds, not an average since the start", () => {
  const { io, time } = timed(false);
  const progress = createProgress(io, 1e9);
  const speeds: number[] = [];
  let steps = 0;
  for (let second = 1; second <= 40; second++) {
    time.now += 1000;
    // A thousand a second at first, then a hundred.
    steps += second <= 20 ? 1000 : 100;
    speeds.push(progress.update(figures(steps)));
  }
  expect(speeds[19]).toBeCloseTo(1000, 6);
  expect(speeds[39]).toBeCloseTo(100, 6);
});

test("a terminal gets one line that is drawn again, with bar, speed, eta and notes", () => {
  const { io, time, parts } = timed(true);
  const progress = createProgress(io, 4000);
  time.now = 1000;
  progress.update(figures(1000));
  progress.stop();
  const [line, end] = parts;
  expect(line).toMatch(/^\r\[█{6}░{18}\] {2}25 % {2}eta 3 s {2}1000\/s {2}1000 of 4000 steps {2}return 1.500 {2}kl 0.0100/);
  expect(end).toBe("\n");
});

test("a log file gets a line every five seconds and the last one", () => {
  const { io, time, parts } = timed(false);
  const progress = createProgress(io, 12_000);
  for (let second = 1; second <= 12; second++) {
    time.now += 1000;
    progress.update(figures(1000 * second));
  }
  progress.stop();
  expect(parts.map((part) => part.trim().split("  ")[0])).toEqual(["8 %", "50 %", "91 %", "100 %"]);
  expect(parts.every((part) => part.endsWith("\n") && !part.includes("\r"))).toBe(true);
});

test("the line is never wider than the terminal, follows a resize, and always says the percentage and the whole ETA", () => {
  const time = { now: 0 };
  const parts: string[] = [];
  let columns = 200;
  const stderr = {
    isTTY: true,
    get columns() {
      return columns;
    },
    failure: () => undefined,
    write: (text: string) => void parts.push(text),
  };
  const progress = createProgress(fakeIo({ stderr, now: () => time.now }), 5e7);
  const notes = ["return 0.8421", "kl 0.0100", "costs drawdown 0.310 security 0.020"];
  for (columns = 200; columns >= 24; columns--) {
    time.now += 1000;
    progress.update({ envSteps: time.now * 10, notes });
    const line = parts.at(-1)!.replace("\r", "").replace("\x1b[K", "");
    expect(line.length, `${columns}`).toBeLessThan(columns);
    expect(line).toMatch(/ \d+ % {2}eta \d+ min/);
    if (columns >= 150) expect(line).toContain("security 0.020");
    if (columns >= 80) expect(line).toMatch(/^\[█*░*\] .*\/s .* steps {2}return 0.8421/);
  }
});

test("what does not fit is left out whole, from the end", () => {
  const parts = ["  5 %", "eta 2 min", "1000/s", "5 k of 100 k steps"];
  expect(fitLine(parts, 0.05, 40)).toBe(`[${"█".repeat(1)}${"░".repeat(12)}]   5 %  eta 2 min  1000/s`);
  expect(fitLine(parts, 0.05, 16)).toBe("  5 %  eta 2 min");
});
