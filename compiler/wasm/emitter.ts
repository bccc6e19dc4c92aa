import { type Arrangement, arrange } from "../analysis/arrange.js";
import type { Node, Program } from "../ir/program.js";
import { analyseBlending, type Blending } from "./blending.js";
import type { CodeBuffer, Register } from "./code-buffer.js";
import { signedLeb } from "./encoding.js";
import { createMath, type SimdMath } from "./math.js";
import { createMemoryAccess, type MemoryAccess } from "./memory-access.js";
import { I32_OPS, I32X4_OPS, SIMD_PREFIX } from "./opcodes.js";
import { operationCode } from "./operations.js";
import { pcg4dCode } from "./random-words.js";
import { createScopes, type Scopes } from "./scopes.js";
import { createSimd, type Push, type Simd } from "./simd.js";

/** Everything that the emission of one program shares. */
export interface Emitter {
  readonly program: Program;
  readonly code: CodeBuffer;
  readonly simd: Simd;
  readonly math: SimdMath;
  readonly memory: MemoryAccess;
  readonly scopes: Scopes;
  readonly arrangement: Arrangement;
  readonly blending: Blending;
  /** Registers of the program's mutable locals and of its loop counters. */
  readonly locals: readonly Register[];
  readonly counters: Map<number, Register>;
  /** Instructions that leave the node's value on the stack, computed only if it is not at hand. */
  readonly value: (node: Node) => Push;
}

interface EmitterOptions {
  readonly program: Program;
  readonly capacity: number;
  readonly code: CodeBuffer;
  readonly bases: readonly Register[];
  readonly relaxed: boolean;
}

export function createEmitter({ program, capacity, code, bases, relaxed }: EmitterOptions): Emitter {
  const simd = createSimd(code, relaxed);
  const value =
    (node: Node): Push =>
    () =>
      emitNode(emitter, node);
  const emitter: Emitter = {
    ...{ program, code, simd, value },
    math: createMath(simd),
    memory: createMemoryAccess({ program, capacity, code, bases, value }),
    scopes: createScopes(),
    arrangement: arrange(program),
    blending: analyseBlending(program),
    locals: program.locals.map((type) => code.register(type === "i" ? "i32" : "v128")),
    counters: new Map(),
  };
  return emitter;
}

/** Computes `node` here, if it is not at hand, and keeps it for as long as this place of the program is relied on. */
export function keepNode({ scopes, code, value }: Emitter, node: Node): void {
  if (scopes.find(node)) return;
  const register = code.register(node.type === "i" ? "i32" : "v128");
  value(node)();
  code.set(register);
  scopes.define(node, () => code.get(register));
}

/** Values that are written anew wherever they are used: one instruction each. */
export const IMMEDIATE: ReadonlySet<string> = new Set(["const", "bool", "word", "int", "counter"]);

function emitNode(emitter: Emitter, node: Node): void {
  const { scopes, code, arrangement } = emitter;
  const known = scopes.find(node);
  if (known) {
    known();
    return;
  }
  if (node.type === "i") {
    emitInteger(emitter, node);
    return;
  }
  freshValue(emitter, node)();
  const readers = arrangement.uses[node.id] as number;
  if (readers < 2 || IMMEDIATE.has(node.op.kind) || node.op.kind === "pcg4d") return;
  const register = code.register("v128");
  code.tee(register);
  scopes.define(node, () => code.get(register));
}

function freshValue(emitter: Emitter, node: Node): Push {
  const { simd, math, memory, scopes, value, arrangement, locals, code } = emitter;
  const { op, args } = node;
  switch (op.kind) {
    case "load":
      return memory.load({ record: op.record, slot: op.slot, index: args[0] });
    case "local":
      return simd.read(locals[op.local] as Register);
    case "pcg4d":
      return randomWord(emitter, args, op.component);
    case "floatFromInt":
      return simd.fromSigned(() => {
        value(args[0] as Node)();
        code.bytes(SIMD_PREFIX, I32X4_OPS.splat);
      });
    default: {
      const usedOnce = (other: Node) => arrangement.uses[other.id] === 1 && !scopes.find(other);
      return operationCode(node, { simd, math, value, usedOnce });
    }
  }
}

function randomWord({ simd, scopes, value }: Emitter, args: readonly Node[], component: 0 | 1 | 2 | 3): Push {
  const key = args.map((arg) => arg.id).join(",");
  const known = scopes.findGroup(key);
  if (known) return known[component] as Push;
  const words = pcg4dCode(simd, args.map(value));
  scopes.defineGroup(key, words);
  return words[component];
}

/** Integers are few and cheap: they are computed where they are used, except pinned loads. */
function emitInteger({ code, memory, locals, counters, value }: Emitter, { op, args }: Node): void {
  switch (op.kind) {
    case "int":
      code.bytes(I32_OPS.const, ...signedLeb(op.value));
      break;
    case "counter":
      code.get(counters.get(op.loop) as Register);
      break;
    case "local":
      code.get(locals[op.local] as Register);
      break;
    case "load":
      memory.loadInteger({ record: op.record, slot: op.slot, index: args[0] })();
      break;
    case "iadd":
    case "isub":
    case "imul":
    case "irem":
      for (const arg of args) value(arg)();
      code.bytes(INTEGER_OPS[op.kind]);
      break;
    default:
      throw new Error(`${op.kind} has no integer value`);
  }
}

const INTEGER_OPS = { iadd: I32_OPS.add, isub: I32_OPS.sub, imul: I32_OPS.mul, irem: I32_OPS.rem_u } as const;
