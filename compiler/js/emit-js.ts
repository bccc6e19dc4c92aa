import { UserError } from "../../core/errors.js";
import type { Program } from "../ir/program.js";
import { TextEmitter } from "../text/emitter.js";
import { jsDialect } from "./dialect.js";

/** A compiled step for float64 arrays. */
interface JsKernel {
  /** The body of the generated function, for inspection. */
  readonly source: string;
  /**
   * Runs the step for lanes first .. last-1. `views` has one array per stored record, in the order of `program.records`:
   * element e of lane i at `(slot + e) * capacity + i` (lane) or `slot + e` (uniform).
   */
  readonly run: (first: number, last: number, views: readonly Float64Array[]) => void;
}

/**
 * Emits a JS loop over lanes. Results are bit-identical to calling the function, NaN and -0 included.
 * @throws UserError E_NO_EVAL where the page's policy forbids `new Function`
 */
export function emitJs(program: Program, options: { readonly capacity: number }): JsKernel {
  const source = sourceText(program, options.capacity);
  try {
    return { source, run: new Function("first", "last", "views", source) as JsKernel["run"] };
  } catch (error) {
    if (!(error instanceof EvalError)) throw error;
    throw new UserError(
      "E_NO_EVAL",
      "this page's policy forbids new Function",
      "use the wasm execution or call the step itself",
    );
  }
}

const CLAMP = "function clamp(x, low, high, safe) { return x >= low ? Math.min(x, high) : x < low ? low : safe; }";

function sourceText(program: Program, capacity: number): string {
  const emitter = new TextEmitter(program, jsDialect(program, capacity));
  const body = emitter.write();
  const views = program.records.map((_, i) => `const r${i} = views[${i}];`);
  const locals = program.locals.map((type, i) => `let l${i} = ${type === "b" ? "false" : "0"};`);
  const lane = [...locals, ...body].map((line) => `  ${line}`);
  const start = ['"use strict";', CLAMP, ...views, ...emitter.prelude.lines];
  return [...start, "for (let i = first; i < last; i++) {", ...lane, "}"].join("\n");
}
