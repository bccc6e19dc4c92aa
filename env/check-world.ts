import type { Hazard } from "../compiler/analysis/hazards.js";
import { UserError } from "../core/errors.js";
import type { Report } from "./check-rules.js";
import { fuzzWorld } from "./fuzz-world.js";
import { whyUnequal } from "./group.js";
import { worldHazards } from "./hazards.js";
import type { World } from "./world.js";

/** Sets of parameters, and control steps played with each: a fraction of a second. */
const TRIALS = 32;
const STEPS = 60;

/** What only the world behind an environment can tell: whether it compiles, and what its ranges of parameters allow. */
export function checkWorld(world: World, report: Report, seed: number): void {
  const { group, observations, actions } = world;
  const why = group && whyUnequal(group, observations, actions.kind === "continuous" ? actions.fields : {});
  if (group && why !== undefined) report("group-equal", `group ${group.name}: ${why}`);
  try {
    const hazards = worldHazards(world);
    const [divisors, others] = [true, false].map((isQuotient) =>
      hazards.filter(({ origin }) => (origin.operation === "div") === isQuotient).map(describeHazard),
    ) as [string[], string[]];
    if (divisors.length > 0) report("divisor-zero", divisors.join("; "));
    if (others.length > 0) report("log-or-root", others.join("; "));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    report("compiles", error.message);
    return;
  }
  const breakage = fuzzWorld(world, { seed, trials: TRIALS, steps: STEPS });
  if (!breakage) return;
  const params = Object.entries(breakage.params).map(([name, value]) => `${name} ${value}`);
  const seen = `${breakage.what} on day ${breakage.day}`;
  if (params.length > 0) report("params-safe", `with ${params.join(", ")} ${seen}`);
  else report("state-sound", `with all parameters at their values ${seen}`);
}

/** `s.x / p.y (world.step 3:12) divides by 0 .. 0.2` */
export function describeHazard(hazard: Hazard): string {
  const { name, line, column, text } = hazard.origin;
  return `${text} (${name} ${line}:${column}) ${describeOperand(hazard)}`;
}

const TAKES = { div: "divides by", log: "takes the logarithm of", sqrt: "takes the root of" } as const;

export function describeOperand({ origin, operand: { low, high } }: Hazard): string {
  const show = (x: number) => (Number.isFinite(x) ? String(Number(x.toPrecision(4))) : "any size");
  return `${TAKES[origin.operation]} ${show(low)}${low === high ? "" : ` .. ${show(high)}`}`;
}
