import type { RecordSpec, Uses } from "../../compiler/schema.js";
import type { ParamSpec, Values } from "../../env/world.js";

/**
 * A fixed rule: a plain function in the compiler's subset from observation to requested action, with a memory of its own
 * that is kept per lane, reset with the episode and saved. `p` holds the rule's own parameters; tuning changes those.
 */
export interface Rule {
  readonly id: string;
  readonly doc: string;
  /** Memory, for example the integrator of a PID. */
  readonly state: RecordSpec;
  readonly params: Readonly<Record<string, ParamSpec>>;
  /** Names of the parameters that `flyball tune` may change within low..high; empty for rules that are not tunable. */
  readonly tunable: readonly string[];
  /** First standard deviation of a search by parameter, in its unit; a share of its range for those that are left out. */
  readonly firstSteps?: Readonly<Record<string, number>>;
  readonly uses: Uses;
  readonly functions: {
    readonly start: (c: Values, p: Values, u: Uses) => void;
    /** Reads memory `c`, observation `o` (raw units, as a live controller would see it) and writes the requested action `a` in the action's own units. */
    readonly act: (c: Values, o: Values, p: Values, a: Values, u: Uses) => void;
  };
}
