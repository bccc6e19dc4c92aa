import type { Node, Origin, Program } from "../ir/program.js";
import { Guards } from "./guards.js";
import { ANY, type Interval, join, knownToHoldZero, meet, point, TINY, widen } from "./interval.js";
import { copyMemory, type IntervalMemory, walkProgram } from "./interval-walk.js";

/** An operation that is no finite number for an operand that it can get. */
export interface Hazard {
  readonly origin: Origin;
  /** What is known of the divisor, or of what the logarithm or root is taken of. */
  readonly operand: Interval;
}

/** Operands of which there is no finite result: a divisor of 0, a logarithm of 0 or less, a root of less than 0. */
const BAD = {
  div: point(0),
  log: { low: ANY.low, high: 0 },
  sqrt: { low: ANY.low, high: -TINY },
} as const satisfies Readonly<Record<Origin["operation"], Interval>>;

/** How often bounds may grow before they are widened, and be drawn in again afterwards. */
const GROWING = 3;
const NARROWING = 2;
/** Every bound has three landmarks, and one pass moves at least one of them; this many passes are never needed. */
const MAX_PASSES = 200;

/**
 * What memory may hold after any number of steps.
 * @param start after the reset
 * @param keep  puts what no step changes back
 */
export function reachableMemory(step: Program, start: IntervalMemory, keep: (memory: IntervalMemory) => void): IntervalMemory {
  let memory = copyMemory(start);
  const after = () => {
    const next = copyMemory(memory);
    walkProgram(step, next);
    keep(next);
    return next;
  };
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const grown = combine(memory, after(), (here, next) => {
      const both = join(here, next);
      return pass < GROWING ? both : widen(here, both);
    });
    const done = sameMemory(memory, grown);
    memory = grown;
    if (done) break;
  }
  for (let pass = 0; pass < NARROWING; pass++) {
    const possible = combine(start, after(), join);
    memory = combine(memory, possible, meet);
  }
  return memory;
}

/**
 * The operations that can get a bad operand when memory holds these values, each once: by real arithmetic, one operation at a time. An
 * operand whose bounds are not known, or that is bad only for want of precision, is not among them; nor is one that a condition keeps
 * off.
 */
export function findHazards(program: Program, memory: IntervalMemory): readonly Hazard[] {
  const found = new Map<Node, Interval>();
  const values = new Map<Node, Interval>();
  walkProgram(program, copyMemory(memory), {
    onValue: (node, value) => values.set(node, join(values.get(node) ?? value, value)),
    onOperand: (node, operand, value) => {
      const canBeBad = node.op.kind === "div" ? canBeZero(operand, value) : canBeBelow(node.op.kind === "log", operand, value);
      if (canBeBad) found.set(node, join(found.get(node) ?? value, value));
    },
  });
  const guards = new Guards(program, values);
  const hazards: Hazard[] = [];
  for (const [node, operand] of found) {
    const origin = program.origins?.get(node);
    if (!origin || guards.keepOff(node, node.args.at(-1)!, BAD[origin.operation])) continue;
    hazards.push({ origin, operand });
  }
  return [...hazards, ...foldedToInfinity(program)];
}

function canBeZero(divisor: Node, value: Interval): boolean {
  const isStraddling = value.low < 0 && value.high > 0;
  return knownToHoldZero(value) && (!isStraddling || isExact(divisor));
}

/** Whether the operand can be below 0, or `orAtZero`, for a reason that is known; a bound at infinity is none. */
function canBeBelow(orAtZero: boolean, operand: Node, { low, high }: Interval): boolean {
  if (high < 0 || (orAtZero && high === 0)) return true;
  if (low >= 0) return orAtZero && low === 0;
  return Number.isFinite(low) && isExact(operand);
}

/**
 * Whether every variable occurs once: then intervals are as narrow as they can be. `supply - share * supply` has bounds on both
 * sides of 0 only because both supplies are taken for different ones.
 */
function isExact(root: Node): boolean {
  const seen = new Set<Node>();
  const stack = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (node.op.kind === "const") continue;
    if (seen.has(node)) return false;
    seen.add(node);
    // Random numbers of one key have nothing to do with one another.
    if (node.op.kind !== "pcg4d") stack.push(...node.args);
  }
  return true;
}

/** Operations on constants, such as 1 / 0, that were computed when the program was made. */
function foldedToInfinity({ nodes, origins }: Program): readonly Hazard[] {
  return nodes.flatMap((node) => {
    const origin = origins?.get(node);
    const isEndless = node.op.kind === "const" && !Number.isFinite(node.op.value);
    return origin && isEndless ? [{ origin, operand: BAD[origin.operation] }] : [];
  });
}

function combine(a: IntervalMemory, b: IntervalMemory, merge: (a: Interval, b: Interval) => Interval): IntervalMemory {
  return new Map([...a].map(([record, slots]) => [record, slots.map((slot, i) => merge(slot, b.get(record)![i]!))]));
}

function sameMemory(a: IntervalMemory, b: IntervalMemory): boolean {
  return [...a].every(([record, slots]) =>
    slots.every((slot, i) => slot.low === b.get(record)![i]!.low && slot.high === b.get(record)![i]!.high),
  );
}
