import { estimateCost, loopInvariants, neededAnyway } from "../analysis/arrange.js";
import type { Node, Statement } from "../ir/program.js";
import { reachable, statementRoots } from "../ir/traversal.js";
import type { CodeBuffer, Register } from "./code-buffer.js";
import { type Emitter, IMMEDIATE, keepNode } from "./emitter.js";
import { signedLeb } from "./encoding.js";
import { CONTROL, EMPTY_BLOCK, I32_OPS, SIMD_PREFIX, V128_OPS } from "./opcodes.js";
import type { Push } from "./simd.js";

/** The loop over groups of four lanes around the whole program. */
export function emitLaneLoop(emitter: Emitter, first: Register, last: Register): void {
  const { code, memory, program, scopes } = emitter;
  code.get(first);
  code.get(last);
  code.bytes(I32_OPS.lt_s, CONTROL.if, EMPTY_BLOCK);
  for (const pointer of memory.lanePointers) {
    code.get(pointer);
    code.get(first);
    code.bytes(I32_OPS.const, 2, I32_OPS.shl, I32_OPS.add);
    code.set(pointer);
  }
  hoistInvariants(emitter, program.body, null);
  code.openLoop();
  code.bytes(CONTROL.loop, EMPTY_BLOCK);
  scopes.inside(() => emitStatements(emitter, program.body, ALL_LANES));
  for (const pointer of memory.lanePointers) increase(code, pointer, 16);
  increase(code, first, 4);
  code.get(first);
  code.get(last);
  code.bytes(I32_OPS.lt_s, CONTROL.brIf, 0, CONTROL.end);
  code.closeLoop();
  code.bytes(CONTROL.end);
}

function increase(code: CodeBuffer, register: Register, by: number): void {
  code.get(register);
  code.bytes(I32_OPS.const, ...signedLeb(by), I32_OPS.add);
  code.set(register);
}

/** Reading a parameter again costs no more than reading a spilled register. */
const NOT_KEPT_FOR_LANES: ReadonlySet<string> = new Set([...IMMEDIATE, "load", "floatFromInt", "units"]);

/**
 * Computes before a loop what is the same in every iteration.
 * @param loop null for the loop over lanes: of that, only results of arithmetic are kept
 */
function hoistInvariants(emitter: Emitter, body: readonly Statement[], loop: number | null): void {
  const { scopes, memory, arrangement } = emitter;
  const notKept = loop === null ? NOT_KEPT_FOR_LANES : IMMEDIATE;
  const invariants = loopInvariants({
    ...{ body, loop, pinned: arrangement.pinned },
    isAvailable: (node) => scopes.find(node) !== undefined,
    varies: ({ op }) => loop === null && (op.kind === "local" || (op.kind === "load" && !memory.isUniform(op.record))),
    isWorthKeeping: (node) => node.type !== "i" && !notKept.has(node.op.kind),
  });
  for (const node of invariants) keepAny(emitter, node);
}

/** The lanes that a list of statements is for. */
interface Lanes {
  /** Reads the mask of the lanes that take the enclosing branches; null for all. */
  readonly mask: Push | null;
  /** Locals whose values in other lanes do not matter. */
  readonly overwritten: ReadonlySet<number>;
}

const NO_LOCALS: ReadonlySet<number> = new Set();
const ALL_LANES: Lanes = { mask: null, overwritten: NO_LOCALS };

function emitStatements(emitter: Emitter, body: readonly Statement[], lanes: Lanes): void {
  body.forEach((statement, i) => {
    if (statement.kind === "if") keepNeededAnyway(emitter, [statement.then, statement.otherwise], body.slice(i + 1));
    if (statement.kind === "loop") keepNeededAnyway(emitter, [statement.body], body.slice(i + 1));
    for (const root of statementRoots(statement)) shortenChains(emitter, root);
    emitStatement(emitter, statement, lanes);
  });
}

/** Computes parts of a long chain of operations ahead: writing one is recursive. */
function shortenChains(emitter: Emitter, root: Node): void {
  const depths = new Map<Node, number>();
  for (const node of reachable([root], isAvailableTo(emitter))) {
    const depth = 1 + Math.max(0, ...node.args.map((arg) => depths.get(arg) ?? 0));
    depths.set(node, depth % LONGEST_CHAIN);
    if (depth === LONGEST_CHAIN) keepNode(emitter, node);
  }
}

const LONGEST_CHAIN = 200;

function keepAny(emitter: Emitter, node: Node): void {
  shortenChains(emitter, node);
  keepNode(emitter, node);
}

function keepNeededAnyway(emitter: Emitter, bodies: readonly (readonly Statement[])[], rest: readonly Statement[]): void {
  const { counters } = emitter;
  const nodes = neededAnyway({ bodies, rest, isAvailable: isAvailableTo(emitter), openLoops: new Set(counters.keys()) });
  for (const node of nodes) if (node.type !== "i" && !IMMEDIATE.has(node.op.kind)) keepAny(emitter, node);
}

function isAvailableTo({ scopes }: Emitter): (node: Node) => boolean {
  return (node) => scopes.find(node) !== undefined;
}

function emitStatement(emitter: Emitter, statement: Statement, lanes: Lanes): void {
  switch (statement.kind) {
    case "eval":
      keepNode(emitter, statement.node);
      break;
    case "assign":
      emitAssign(emitter, statement, lanes);
      break;
    case "store": {
      const { simd, memory, value } = emitter;
      const place = { record: statement.record, slot: statement.slot, index: statement.index };
      const fresh = value(statement.node);
      memory.store(place, lanes.mask ? simd.select(lanes.mask, fresh, memory.load(place)) : fresh);
      break;
    }
    case "loop":
      emitLoop(emitter, statement, lanes.mask);
      break;
    case "if":
      emitIf(emitter, statement, lanes.mask);
      break;
  }
}

function emitAssign(emitter: Emitter, statement: Statement & { kind: "assign" }, { mask, overwritten }: Lanes): void {
  const { simd, code, value, locals, blending } = emitter;
  const register = locals[statement.local] as Register;
  const fresh = value(statement.node);
  if (!mask || overwritten.has(statement.local) || blending.ofOwnLocals.has(statement)) {
    fresh();
  } else {
    if (register.type === "i32") throw new Error("an integer shared by all lanes is assigned in a branch of some");
    simd.select(mask, fresh, simd.read(register))();
  }
  code.set(register);
}

function emitLoop(emitter: Emitter, { loop, count, body }: Statement & { kind: "loop" }, mask: Push | null): void {
  const { code, scopes, counters } = emitter;
  if (count <= 0) return;
  hoistInvariants(emitter, body, loop);
  const counter = code.register("i32");
  counters.set(loop, counter);
  code.bytes(I32_OPS.const, 0);
  code.set(counter);
  code.openLoop();
  code.bytes(CONTROL.loop, EMPTY_BLOCK);
  scopes.inside(() => emitStatements(emitter, body, { mask, overwritten: NO_LOCALS }));
  counters.delete(loop);
  increase(code, counter, 1);
  code.get(counter);
  code.bytes(I32_OPS.const, ...signedLeb(count), I32_OPS.lt_s, CONTROL.brIf, 0, CONTROL.end);
  code.closeLoop();
}

/**
 * Both sides for their lanes. A side that only hands on values made before the `if` runs first and for all lanes: its
 * assignments cost nothing, and the other side, often a rare one, is skipped without a trace.
 */
function emitIf(emitter: Emitter, statement: Statement & { kind: "if" }, mask: Push | null): void {
  const { simd, value, blending } = emitter;
  const { condition, then, otherwise } = statement;
  const joined = blending.joined.get(statement) ?? NO_LOCALS;
  const handsOn = (body: readonly Statement[]) =>
    body.length > 0 &&
    body.every((inner) => inner.kind === "assign" && joined.has(inner.local)) &&
    estimateCost(body.flatMap(statementRoots), condition.id, isAvailableTo(emitter)) <= CHEAP_SIDE;

  const taken = simd.keep(value(condition));
  const yes = mask ? simd.and(mask, taken) : taken;
  const no = mask ? simd.andnot(mask, taken) : simd.not(taken);
  if (handsOn(otherwise)) {
    emitStatements(emitter, otherwise, { mask, overwritten: joined });
    emitBranch(emitter, then, yes, NO_LOCALS);
  } else if (handsOn(then)) {
    emitStatements(emitter, then, { mask, overwritten: joined });
    emitBranch(emitter, otherwise, no, NO_LOCALS);
  } else {
    emitBranch(emitter, then, yes, joined);
    emitBranch(emitter, otherwise, no, NO_LOCALS);
  }
}

/** Instructions that a side may cost to be run for all lanes; a mispredicted branch costs about as much. */
const CHEAP_SIDE = 40;

/** Runs `body` for the lanes of `taken`: not at all if there are none, unless finding that out costs as much as running it. */
function emitBranch(emitter: Emitter, body: readonly Statement[], taken: Push, overwritten: ReadonlySet<number>): void {
  if (body.length === 0) return;
  const { code, scopes, simd } = emitter;
  const mask = simd.keep(taken);
  const run = () => scopes.inside(() => emitStatements(emitter, body, { mask, overwritten }));
  if (isSmall(emitter, body)) {
    run();
    return;
  }
  mask();
  code.bytes(SIMD_PREFIX, V128_OPS.anyTrue, CONTROL.if, EMPTY_BLOCK);
  run();
  code.bytes(CONTROL.end);
}

function isSmall(emitter: Emitter, body: readonly Statement[]): boolean {
  if (body.some(({ kind }) => kind === "loop" || kind === "if")) return false;
  const blends = 4 * body.filter(({ kind }) => kind !== "eval").length;
  return blends + estimateCost(body.flatMap(statementRoots), -1, isAvailableTo(emitter)) <= SMALL_BRANCH;
}

/** Instructions that a branch may cost to be run without asking whether any lane takes it. */
const SMALL_BRANCH = 16;
