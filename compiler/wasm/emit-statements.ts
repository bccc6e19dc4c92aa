import type { Node, Statement } from "../ir.js";
import { loopInvariants, neededAnyway } from "./arrange.js";
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
  scopes.inside(() => emitStatements(emitter, program.body, null));
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
  for (const node of invariants) keepNode(emitter, node);
}

/** @param mask reads the lanes that take the enclosing branches, null for all */
function emitStatements(emitter: Emitter, body: readonly Statement[], mask: Push | null): void {
  body.forEach((statement, i) => {
    if (statement.kind === "if") keepNeededAnyway(emitter, [statement.then, statement.otherwise], body.slice(i + 1));
    if (statement.kind === "loop") keepNeededAnyway(emitter, [statement.body], body.slice(i + 1));
    emitStatement(emitter, statement, mask);
  });
}

function keepNeededAnyway(emitter: Emitter, bodies: readonly (readonly Statement[])[], rest: readonly Statement[]): void {
  const { scopes, counters } = emitter;
  const isAvailable = (node: Node) => scopes.find(node) !== undefined;
  const nodes = neededAnyway({ bodies, rest, isAvailable, openLoops: new Set(counters.keys()) });
  for (const node of nodes) if (node.type !== "i" && !IMMEDIATE.has(node.op.kind)) keepNode(emitter, node);
}

function emitStatement(emitter: Emitter, statement: Statement, mask: Push | null): void {
  const { simd, code, memory, value } = emitter;
  const blend = (fresh: Push, old: Push) => (mask ? simd.select(mask, fresh, old) : fresh);
  switch (statement.kind) {
    case "eval":
      keepNode(emitter, statement.node);
      break;
    case "assign": {
      const register = emitter.locals[statement.local] as Register;
      if (mask && register.type === "i32") throw new Error("an integer shared by all lanes is assigned in a branch of some");
      blend(value(statement.node), simd.read(register))();
      code.set(register);
      break;
    }
    case "store": {
      const place = { record: statement.record, slot: statement.slot, index: statement.index };
      memory.store(place, blend(value(statement.node), memory.load(place)));
      break;
    }
    case "loop":
      emitLoop(emitter, statement, mask);
      break;
    case "if":
      emitIf(emitter, statement, mask);
      break;
  }
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
  scopes.inside(() => emitStatements(emitter, body, mask));
  counters.delete(loop);
  increase(code, counter, 1);
  code.get(counter);
  code.bytes(I32_OPS.const, ...signedLeb(count), I32_OPS.lt_s, CONTROL.brIf, 0, CONTROL.end);
  code.closeLoop();
}

function emitIf(emitter: Emitter, { condition, then, otherwise }: Statement & { kind: "if" }, mask: Push | null): void {
  const { simd, value } = emitter;
  const taken = simd.keep(value(condition));
  if (then.length > 0) emitBranch(emitter, then, mask ? simd.and(mask, taken) : taken);
  if (otherwise.length > 0) emitBranch(emitter, otherwise, mask ? simd.andnot(mask, taken) : simd.not(taken));
}

/** Runs `body` for the lanes of `taken`, or not at all if there are none. */
function emitBranch(emitter: Emitter, body: readonly Statement[], taken: Push): void {
  const { code, scopes, simd } = emitter;
  const mask = simd.keep(taken);
  mask();
  code.bytes(SIMD_PREFIX, V128_OPS.anyTrue, CONTROL.if, EMPTY_BLOCK);
  scopes.inside(() => emitStatements(emitter, body, mask));
  code.bytes(CONTROL.end);
}
