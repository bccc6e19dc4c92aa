import type { ParamSpec, World } from "../../env/world.js";
import { defineRule } from "./define-rule.js";
import { actionFields } from "./role-fields.js";
import type { Rule } from "./rule.js";

/**
 * Next word of a linear congruential generator of period 8192. Every product stays below 2^24, so float32 and float64
 * executions go through the same words.
 */
export function nextWord(word: number): number {
  const y = 1021 * word + 2531;
  return y - 8192 * Math.floor(y / 8192);
}

/** Arbitrary decisions: what any controller has to beat. Ignores what it sees; the sequence is the same in every episode. */
export function random(world: World): Rule {
  const fields = Object.entries(actionFields(world));
  const params: Record<string, ParamSpec> = {
    hold: {
      value: 20,
      low: 1,
      high: 365,
      unit: "1",
      source: "assumption",
      doc: "control steps until the next arbitrary targets",
    },
  };
  for (const [name, { low, high, unit }] of fields) {
    const band = { low, high, unit, source: "action band" };
    params[`low.${name}`] = { ...band, value: low, doc: `lowest ${name}` };
    params[`high.${name}`] = { ...band, value: high, doc: `highest ${name}` };
  }
  return defineRule(world, {
    id: "random",
    doc: "degenerate: arbitrary targets within the bands, whatever happens",
    state: {
      word: { unit: "1", doc: "state of the generator", scale: 4096 },
      left: { unit: "1", doc: "control steps until the next targets", scale: 10 },
    },
    params,
    tunable: [] as string[],
    uses: { nextWord },
    reads: [] as string[],
    writes: [] as string[],
    functions: {
      start(c, p) {
        c.word = 1;
        c.left = p.hold!;
      },
      act(c, _o, p, a, u) {
        let word = c.word;
        for (const k in a) {
          word = u.nextWord(word);
          a[k] = p[`low.${k}`]! + (word / 8192) * (p[`high.${k}`]! - p[`low.${k}`]!);
        }
        c.left -= 1;
        if (c.left < 0.5) {
          c.word = word;
          c.left = p.hold!;
        }
      },
    },
  });
}
