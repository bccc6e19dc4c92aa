import type * as acorn from "acorn";
import type { FloatUnary, Node } from "../ir/program.js";
import { PRIMITIVES } from "../primitives.js";
import { floatBinary, floatUnary } from "./arithmetic.js";
import { commonUnit, numberValue, type Site, toFloat, toWord } from "./conversions.js";
import { suggestion } from "./record-access.js";
import { type AnyFunction, excerpt, fail } from "./source.js";
import { mustBeNumber, type Scope, type Tracer } from "./tracer.js";
import { ONE } from "./units.js";
import type { Cell, NumberValue, Value } from "./values.js";

const MATH_UNARY = new Map<AnyFunction, FloatUnary>([
  [Math.abs, "abs"],
  [Math.sqrt, "sqrt"],
  [Math.exp, "exp"],
  [Math.log, "log"],
  [Math.tanh, "tanh"],
  [Math.floor, "floor"],
  [Math.sign, "sign"],
  [Math.sin, "sin"],
  [Math.cos, "cos"],
]);
const MATH_NAMES = ["abs", "sqrt", "exp", "log", "tanh", "floor", "sign", "sin", "cos", "min", "max", "pow"];

/** A call: of Math, of a primitive, or of a function among the uses, which is inlined. */
export function traceCall(tracer: Tracer, node: acorn.CallExpression, scope: Scope): Value {
  const site: Site = { source: scope.source, node };
  const callee = tracer.evaluate(node.callee, scope);
  if (callee.kind !== "function") {
    return fail(
      scope.source,
      node,
      "E_STEP_TYPE",
      `"${excerpt(scope.source, node.callee)}" is not a function`,
      "call functions of u and of Math",
    );
  }
  const args = node.arguments.map((arg) => {
    if (arg.type !== "SpreadElement") return tracer.evaluate(arg, scope);
    return fail(scope.source, arg, "E_STEP_SYNTAX", "spread arguments are not allowed", "write the arguments out");
  });
  if (callee.name.startsWith("Math.")) return callMath(tracer, callee.run, callee.name, numbers(args, node, site), site);
  const primitive = PRIMITIVES.get(callee.run);
  if (primitive) return callPrimitive(tracer, primitive, numbers(args, node, site), site);
  if (tracer.calls.includes(callee.run)) {
    return fail(scope.source, node, "E_STEP_SYNTAX", `u.${callee.name} calls itself`, "write a loop with a constant bound");
  }
  return tracer.inline(callee.run, callee.name, args);
}

function numbers(args: readonly Value[], node: acorn.CallExpression, site: Site): NumberValue[] {
  return args.map((arg, i) => mustBeNumber(arg, { source: site.source, node: node.arguments[i] as acorn.AnyNode }));
}

function mustHave(args: readonly NumberValue[], low: number, high: number, name: string, site: Site): void {
  if (args.length >= low && args.length <= high) return;
  const allowed = low === high ? `${low}` : high === Number.POSITIVE_INFINITY ? `at least ${low}` : `${low} to ${high}`;
  const count = (number: string) => `${number} argument${number === "1" ? "" : "s"}`;
  const message = `${name} gets ${count(`${args.length}`)}, it takes ${allowed}`;
  fail(site.source, site.node, "E_STEP_SYNTAX", message, `pass ${count(allowed)}`);
}

function callMath(tracer: Tracer, run: AnyFunction, name: string, args: readonly NumberValue[], site: Site): Value {
  const unary = MATH_UNARY.get(run);
  if (unary) {
    mustHave(args, 1, 1, name, site);
    return floatUnary(tracer.table, unary, args[0]!, site);
  }
  if (run === Math.min || run === Math.max) {
    mustHave(args, 2, Number.POSITIVE_INFINITY, name, site);
    const kind = run === Math.min ? "min" : "max";
    return args.reduce((a, b) => floatBinary(tracer.table, kind, a, b, site));
  }
  if (run === Math.pow) {
    mustHave(args, 2, 2, name, site);
    return floatBinary(tracer.table, "pow", args[0]!, args[1]!, site);
  }
  const guess = suggestion(name.slice(5), MATH_NAMES);
  return fail(
    site.source,
    site.node,
    "E_STEP_SYNTAX",
    `${name} is not available${guess}`,
    `available: ${MATH_NAMES.join(", ")}`,
  );
}

function callPrimitive(tracer: Tracer, name: string, args: readonly NumberValue[], site: Site): Value {
  switch (name) {
    case "clamp":
      return callClamp(tracer, args, site);
    case "units": {
      mustHave(args, 1, 1, name, site);
      return floatUnary(tracer.table, "units", args[0]!, site);
    }
    default:
      return callUniform4(tracer, args, site);
  }
}

function callClamp(tracer: Tracer, args: readonly NumberValue[], site: Site): Value {
  mustHave(args, 3, 4, "clamp", site);
  const [x, low, high, safe = low] = args as [NumberValue, NumberValue, NumberValue, NumberValue?];
  let unit = x.unit;
  for (const other of [low, high, safe]) unit = commonUnit(numberValue(x.node, unit), other, site);
  const nodes = [x, low, high, safe].map((value) => toFloat(tracer.table, value, site));
  return numberValue(tracer.table.make({ kind: "clamp" }, nodes), unit);
}

function callUniform4(tracer: Tracer, args: readonly NumberValue[], site: Site): Value {
  mustHave(args, 4, 4, "uniform4", site);
  const words = args.map((arg, i): Node => {
    const word = toWord(tracer.table, arg);
    if (word) return word;
    const name = ["seed", "episode", "day", "stream"][i];
    const hint = "pass u32 fields, whole constants or sums of these";
    return fail(
      site.source,
      site.node,
      "E_STEP_TYPE",
      `the ${name} of "${excerpt(site.source, site.node)}" is not a u32`,
      hint,
    );
  });
  const cells = new Map<string, Cell>();
  for (const component of [0, 1, 2, 3] as const) {
    const word = tracer.table.make({ kind: "pcg4d", component }, words);
    const value = numberValue(tracer.table.make({ kind: "unitInterval" }, [word]), ONE);
    const name = "abcd"[component] as string;
    cells.set(name, tracer.machine.newCell(name, value));
  }
  return { kind: "object", cells };
}
