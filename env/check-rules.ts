/** A broken promise of an environment. */
export interface Problem {
  readonly rule: CheckRule;
  /** What was seen, with values. */
  readonly message: string;
  readonly likelyCause: string;
  /** A warning is of something that may be meant, or that cannot happen after all. */
  readonly severity: "error" | "warning";
}

/** Reports what was seen; the first finding of each rule is kept. */
export type Report = (rule: CheckRule, message: string) => void;

/** All rules, each with the mistake that usually breaks it. */
export const CHECK_RULES = {
  spec: "names, units, bounds or constraints of the spec were changed in one place only",
  throws: "a legal reset or step fails; the stack names the line",
  "reset-result": "reset returns the bare observation instead of { observation, info }",
  "reset-seed": "reset draws from an unseeded source such as Math.random, or keeps something of the episode before",
  "reset-next": "reset without a seed starts the first episode again instead of counting episodes up",
  "seeds-differ": "the seed is not passed on to the random streams",
  "step-determinism":
    "a step draws from an unseeded source such as Math.random, or depends on what was played before the reset",
  "step-result": "step returns a tuple or leaves a member out",
  "observation-type": "the observation is not a Float64Array with one element per name of spec.observationNames",
  "observation-finite": "a division by zero, or the logarithm or root of a number that may turn negative",
  "observation-space": "observe does not clamp, or the bounds in the spec are too narrow",
  "observation-aliased": "the same array is handed out in each step; allocate a new one",
  "observation-trusted": "the environment reads the observation that it handed out; keep the state apart from it",
  "reward-finite": "a term of the objective divides by zero or takes the logarithm of 0",
  "costs-type": "costs are not a Float64Array with one element per constraint of the spec, in that order",
  "costs-finite": "a cost divides by zero",
  "costs-aliased": "the same array is handed out in each step; allocate a new one",
  "end-flags": "terminated and truncated must be two booleans; an old `done` was kept, or numbers are returned",
  "end-both": "the time limit is also reported for a ruined world; truncated is for worlds that could go on",
  "step-after-end": "step does not remember that the episode has ended",
  horizon: "the time limit counts from the wrong step, or is not the horizon of the spec",
  "action-refused": "the action is clipped or passed on silently; compare it with spec.actionSpace first",
  "action-changed": "step writes into the caller's action array; copy it",
  "action-kept": "step keeps the caller's action array instead of its values; copy it",
  "info-missing": "info lacks a record, or one lacks a field",
  "info-finite": "a flow, term or breaker value divides by zero",
  "info-day": "day is not reset, or not counted once per step",
  "info-requested": "requested holds the clipped or rescaled action instead of the one that was passed",
  "applied-band": "a breaker or delay lets a value through that is outside the band of the action",
  "supply-identity": "a flow of tokens is created or destroyed without being counted in minted or burned",
  "flow-negative": "minted, burned or supply turned negative; limit the flow at 0",
  scenario: "a scenario of the spec is not accepted by reset, or an unknown one is",
  "group-equal":
    "a group is declared whose elements are not alike: every one needs the same fields, units, bands, moves and starts",
  compiles: "a function uses something outside of the step language; flyball check shows the place in the file",
  "params-safe":
    "the range of a parameter allows a value that the step cannot live with; narrow the range or limit what it does",
  "state-sound":
    "at the parameters' own values the step divides by 0, takes the logarithm or root of what turned negative, or pays more than an account has",
  "divisor-zero": "a parameter, action or count may be 0 there; narrow its range, or divide by Math.max(x, smallest)",
  "log-or-root":
    "the argument may be negative there, or 0 under a logarithm; narrow the range of a parameter, or take Math.max(x, smallest)",
} as const;

/** Rules whose findings are warnings. */
export const WARNINGS: ReadonlySet<CheckRule> = new Set(["divisor-zero", "log-or-root"]);

export type CheckRule = keyof typeof CHECK_RULES;
