import { expect, test } from "vitest";
import { insertProbes, renderPage } from "./page.js";
import { PROBES } from "./probe.js";

test("a row has mean, interval, worst seed and how many reach the threshold; seeds are listed", () => {
  const probe = PROBES.find(({ id }) => id === "pendulum")!;
  const scores = [-150, -160, -200];
  const runs = scores.map((score, i) => ({
    ...{ probe: probe.id, method: "es" as const, seed: i + 1, score, reached: score >= -170 },
    ...{ secondsToThreshold: i === 2 ? null : i + 1, seconds: 10 + i, stepsToThreshold: null, steps: 1000 },
  }));
  const page = renderPage([{ probe, method: "es", threshold: -170, passed: true, runs }]);
  // Student's interval with two degrees of freedom is 4.3 standard errors of 15.3 wide, more where values are skewed.
  const [, , row] = page.split("\n");
  expect(row).toMatch(
    /^\| pendulum \| -138.1 \| es \| -170.0 \[-\d+\.\d, -\d+\.\d\] \| -200.0 \| -170.0, median \| 2 of 3 \| 1,000 \| 11.0 \| 1.5 \|$/,
  );
  const [low, high] = /\[(-[\d.]+), (-[\d.]+)\]/.exec(row!)!.slice(1).map(Number) as [number, number];
  expect(low).toBeLessThan(-200);
  expect(high).toBeGreaterThan(-150);
  expect(page).toContain("- pendulum by es, mean return over 2,000 episodes: -150.0, -160.0, -200.0");
});

test("the table goes between its marks and leaves the rest of the page", () => {
  const page = "before\n<!-- probes: npm run probes -- --page -->\nold\n<!-- end of probes -->\nafter\n";
  expect(insertProbes(page, "new")).toBe(
    "before\n<!-- probes: npm run probes -- --page -->\n\nnew\n\n<!-- end of probes -->\nafter\n",
  );
  expect(() => insertProbes("none", "new")).toThrow("no marks");
});
