import { UserError } from "../../core/errors.js";
import type { Program } from "../ir/program.js";
import { TextEmitter } from "../text/emitter.js";
import { jsDialect } from "./dialect.js";
import { writeFunctions } from "./parts.js";

/** A compiled step for float64 arrays. */
interface JsKernel {
  /** A function's body that returns `run`, for inspection. */
  readonly source: string;
  /**
   * Runs the step for lanes first .. last-1. `views` has one array per stored record, in the order of `program.records`:
   * element e of lane i at `(slot + e) * capacity + i` (lane) or `slot + e` (uniform).
   */
  readonly run: (first: number, last: number, views: readonly Float64Array[]) => void;
}

interface JsOptions {
  readonly capacity: number;
  /** Longest text of one function, in characters; the default is what V8 optimises well. */
  readonly partLength?: number;
}

/**
 * Emits a JS loop over lanes. Results are bit-identical to calling the function, NaN and -0 included.
 * @throws UserError E_NO_EVAL where the page's policy forbids `new Function`
 */
export function emitJs(program: Program, options: JsOptions): JsKernel {
  const source = sourceText(program, options);
  try {
    return { source, run: new Function(source)() as JsKernel["run"] };
  } catch (error) {
    if (!(error instanceof EvalError)) throw error;
    throw new UserError(
      "E_NO_EVAL",
      "this page's policy forbids new Function",
      "use the wasm execution or call the step itself",
    );
  }
}

/** Of the lines within a block. */
const INDENT = "  ";

const CLAMP = "function clamp(x, low, high, safe) { return x >= low ? Math.min(x, high) : x < low ? low : safe; }";

function sourceText(program: Program, { capacity, partLength }: JsOptions): string {
  const emitter = new TextEmitter(program, jsDialect(program, capacity));
  const body = declareLocals(program, emitter.write());
  const lines = [...emitter.prelude.lines, "for (let i = first; i < last; i++) {", ...body, "}"];
  return ['"use strict";', CLAMP, ...writeFunctions(program, lines, partLength)].join("\n");
}

/** The body with each local declared where it first occurs: before the block if that is within one. */
function declareLocals({ locals }: Program, body: readonly string[]): readonly string[] {
  const lines: string[] = [];
  const declared = new Set<string>();
  let blockStart = 0;
  for (const line of body) {
    const isOuter = !line.startsWith(INDENT) && !line.startsWith("}");
    if (isOuter) blockStart = lines.length;
    const fresh = (line.match(/\bl\d+\b/g) ?? []).filter((name) => !declared.has(name));
    const [first] = fresh;
    const declares = isOuter && fresh.length === 1 && line.startsWith(`${first} = `);
    for (const name of new Set(declares ? [] : fresh)) {
      lines.splice(blockStart++, 0, `let ${name} = ${locals[Number(name.slice(1))] === "b" ? "false" : "0"};`);
    }
    for (const name of fresh) declared.add(name);
    lines.push(declares ? `let ${line}` : line);
  }
  return lines;
}
