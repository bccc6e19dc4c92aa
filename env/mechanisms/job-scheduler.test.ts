import fc from "fast-check";
import { expect, test } from "vitest";
import { nodeScore, softminWeight } from "./job-scheduler.js";

interface Node {
  readonly capacity: number;
  readonly price: number;
  readonly latency: number;
  readonly reliability: number;
}

type Weights = readonly [price: number, latency: number, reliability: number];

function shares(nodes: readonly Node[], [price, latency, reliability]: Weights): number[] {
  const each = nodes.map((n) => softminWeight(n.capacity, nodeScore(n, { price, latency, reliability })));
  const total = each.reduce((sum, x) => sum + x, 0);
  return each.map((x) => x / total);
}

const node = fc.record({
  capacity: fc.double({ min: 1, max: 1000, noNaN: true }),
  price: fc.double({ min: 0.1, max: 3, noNaN: true }),
  latency: fc.double({ min: 0.1, max: 5, noNaN: true }),
  reliability: fc.double({ min: 0.2, max: 1, noNaN: true }),
});
const weight = fc.double({ min: 0, max: 5, noNaN: true });
const mean = (nodes: readonly Node[], weights: Weights, figure: keyof Node) =>
  shares(nodes, weights).reduce((sum, share, i) => sum + share * nodes[i]![figure], 0);

test("without weights jobs follow capacity: the rotation of RNP-019", () => {
  const nodes = [
    { capacity: 1, price: 3, latency: 1, reliability: 0.5 },
    { capacity: 3, price: 1, latency: 2, reliability: 0.9 },
  ];
  expect(shares(nodes, [0, 0, 0])).toEqual([0.25, 0.75]);
});

test("two equal nodes share by the logistic function of the difference of their scores", () => {
  const nodes = [
    { capacity: 1, price: 1, latency: 1, reliability: 0.9 },
    { capacity: 1, price: 1.5, latency: 1, reliability: 0.9 },
  ];
  expect(shares(nodes, [2, 1, 1])[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 14);
});

test("a larger weight of reliability never lowers the mean reliability of the work, of price or latency never raises theirs", () => {
  fc.assert(
    fc.property(fc.array(node, { minLength: 2, maxLength: 6 }), weight, weight, weight, weight, (nodes, a, b, c, more) => {
      // The derivative of a softmin's mean to its weight is a variance; 1e-12 is room for rounding.
      expect(mean(nodes, [a, b, c + more], "reliability")).toBeGreaterThanOrEqual(
        mean(nodes, [a, b, c], "reliability") - 1e-12,
      );
      expect(mean(nodes, [a + more, b, c], "price")).toBeLessThanOrEqual(mean(nodes, [a, b, c], "price") + 1e-12);
      expect(mean(nodes, [a, b + more, c], "latency")).toBeLessThanOrEqual(mean(nodes, [a, b, c], "latency") + 1e-12);
    }),
  );
});

test("splitting a node in two changes nothing", () => {
  fc.assert(
    fc.property(node, node, weight, (one, other, a) => {
      const half = { ...one, capacity: one.capacity / 2 };
      const [x, y] = shares([half, half, other], [a, a, a]);
      expect(x! + y!).toBeCloseTo(shares([one, other], [a, a, a])[0]!, 12);
    }),
  );
});
