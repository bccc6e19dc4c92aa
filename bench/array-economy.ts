import type { RecordBinding } from "../compiler/schema.js";

/**
 * A market of 64 subnets with a pool each, in the compiler's subset: what an economy with array fields costs to compile.
 * Emission follows the smoothed prices, half of the holders re-stake towards the best yield, pools trade against a common reserve.
 */
const SUBNETS = 64;

const array = (doc: string) => ({ unit: "1", doc, length: SUBNETS });

export const ARRAY_RECORDS: readonly RecordBinding[] = [
  {
    name: "s",
    kind: "lane",
    fields: {
      reserve: array("tokens in each pool"),
      alpha: array("subnet tokens in each pool"),
      smoothed: array("moving average of each price"),
      staked: array("stake on each subnet"),
      history: { unit: "1", doc: "total emission of the last days", length: 30 },
      supply: { unit: "1", doc: "tokens in all" },
    },
  },
  { name: "a", kind: "lane", fields: { emission: { unit: "1", doc: "tokens emitted a step" } } },
  { name: "c", kind: "uniform", fields: { slot: { unit: "1", doc: "day modulo 30", type: "index" } } },
  { name: "o", kind: "lane", fields: { concentration: { unit: "1", doc: "sum of squared shares" } } },
];

interface State {
  readonly reserve: number[];
  readonly alpha: number[];
  readonly smoothed: number[];
  readonly staked: number[];
  readonly history: number[];
  supply: number;
}

export function arrayStep(
  s: State,
  a: { readonly emission: number },
  c: { readonly slot: number },
  o: { concentration: number },
): void {
  let total = 0;
  let staked = 0;
  for (let i = 0; i < 64; i++) {
    const price = s.reserve[i]! / s.alpha[i]!;
    s.smoothed[i] = s.smoothed[i]! + 0.05 * (price - s.smoothed[i]!);
    total += s.smoothed[i]!;
    staked += s.staked[i]!;
  }
  let squares = 0;
  for (let i = 0; i < 64; i++) {
    const share = s.smoothed[i]! / Math.max(total, 1e-9);
    squares += share * share;
    const flow = a.emission * share + 0.01 * Math.tanh(share - s.staked[i]! / Math.max(staked, 1e-9)) * s.reserve[i]!;
    const product = s.reserve[i]! * s.alpha[i]!;
    s.reserve[i] = Math.max(s.reserve[i]! + flow, 1e-6);
    s.alpha[i] = product / s.reserve[i]! + 0.5 * a.emission * share;
    s.staked[i] = s.staked[i]! * (1 - 0.01) + 0.01 * share * staked;
  }
  s.history[c.slot] = a.emission;
  let month = 0;
  for (let i = 0; i < 30; i++) month += s.history[i]!;
  s.supply = s.supply + Math.min(a.emission, 0.1 * month);
  o.concentration = squares;
}
