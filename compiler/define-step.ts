import type { Uses } from "./schema.js";

/** A step function with the constants and functions that it uses. Runs as it stands and can be compiled. */
interface StepDefinition<Step extends (...args: never[]) => unknown, Used extends Uses = Uses> {
  readonly uses: Used;
  /** Units of the constants among `uses` that are not dimensionless; keys of nested groups are dotted. */
  readonly useUnits?: Readonly<Record<string, string>>;
  /** Records first, in the order of the bindings that it is compiled with; `uses` last. */
  readonly step: Step;
}

/** Groups a step function with what it uses. The result is plain data; `definition.step(…)` still runs the function. */
export function defineStep<Step extends (...args: never[]) => unknown, Used extends Uses>(
  definition: StepDefinition<Step, Used>,
): StepDefinition<Step, Used> {
  return Object.freeze({ ...definition });
}
