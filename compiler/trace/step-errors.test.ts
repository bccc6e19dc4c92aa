import { expect, test } from "vitest";
import { UserError } from "../../core/errors.js";
import { clamp, units } from "../primitives.js";
import type { RecordBinding } from "../schema.js";
import { buildProgram } from "./build-program.js";

const RECORDS: readonly RecordBinding[] = [
  {
    name: "s",
    kind: "lane",
    fields: {
      supply: { unit: "AKT", doc: "" },
      price: { unit: "USD/AKT", doc: "" },
      share: { unit: "ratio", doc: "" },
      age: { unit: "day", doc: "" },
      w: { unit: "1", doc: "", length: 4 },
      n: { unit: "1", doc: "", type: "u32" },
    },
  },
  {
    name: "p",
    kind: "lane",
    fields: { rate: { unit: "1/year", doc: "" }, cap: { unit: "AKT", doc: "" } },
    constants: { cap: { value: 100, unit: "AKT" } },
  },
  {
    name: "c",
    kind: "uniform",
    fields: { slot: { unit: "1", doc: "", type: "index" }, fee: { unit: "1", doc: "" } },
  },
  { name: "z", kind: "scratch", fields: { shock: { unit: "1", doc: "" }, ring: { unit: "1", doc: "", length: 3 } } },
];

const outside = 3;

const uses = {
  clamp,
  units,
  YEAR: 365.25,
  table: [1, 2, 3],
  group: { a: 1 },
  again(this: void, x: number, u: { again: (x: number, u: unknown) => number }): number {
    return u.again(x, u);
  },
  leaky: (x: number) => x * outside,
  built: Math.hypot.bind(null),
};

function compile(body: string | ((...args: never[]) => unknown)): UserError | undefined {
  const step = typeof body === "string" ? (new Function("s", "p", "c", "z", "u", body) as () => void) : body;
  try {
    buildProgram({ name: "step", uses: uses as never, useUnits: { YEAR: "day/year" }, step, records: RECORDS });
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  return undefined;
}

const cases: readonly [string, string, string, string][] = [
  ["a free name is named", "s.share = outside;", "E_STEP_FREE_NAME", '"outside" is defined outside of the function'],
  ["a free name that is assigned is named", "total = s.share;", "E_STEP_FREE_NAME", '"total" is defined outside'],
  ["a free name in a helper is named, with the helper", "s.share = u.leaky(1);", "E_STEP_FREE_NAME", "(leaky 1:"],
  ["an unknown field names the nearest one", "s.suply = 1;", "E_STEP_FIELD", 's has no field "suply", did you mean "supply"?'],
  [
    "an unknown use names the nearest one",
    "s.share = u.clamb(1, 2, 3);",
    "E_STEP_FIELD",
    'there is no "clamb", did you mean "clamp"?',
  ],
  [
    "an unknown function of Math names the nearest one",
    "s.share = Math.sinh(1);",
    "E_STEP_SYNTAX",
    'Math.sinh is not available, did you mean "sin"?',
  ],
  ["a member that Math does not have", "s.share = Math.foo;", "E_STEP_FIELD", 'there is no "foo"'],
  ["a constant parameter cannot be assigned", "p.cap = 3;", "E_STEP_FIELD", "p.cap is a constant"],
  ["a uniform record cannot be assigned", "c.fee = 3;", "E_STEP_FIELD", "c.fee is shared by all lanes"],
  ["uses cannot be assigned", "u.YEAR = 3;", "E_STEP_FIELD", "assigns to a property of u"],
  [
    "adding different units",
    "s.supply = s.supply + s.price;",
    "E_STEP_UNIT",
    '"s.supply + s.price" brings AKT and USD/AKT together',
  ],
  [
    "comparing different units",
    "s.share = s.supply > s.age ? 1 : 0;",
    "E_STEP_UNIT",
    '"s.supply > s.age" brings AKT and day together',
  ],
  ["min of different units", "s.supply = Math.min(s.supply, s.age);", "E_STEP_UNIT", "brings AKT and day together"],
  ["clamp of different units", "s.supply = u.clamp(s.supply, 0, s.age);", "E_STEP_UNIT", "brings AKT and day together"],
  [
    "sides of ?: of different units",
    "s.supply = s.share > 0 ? s.supply : s.age;",
    "E_STEP_UNIT",
    "brings AKT and day together",
  ],
  ["assigning another unit", "s.supply = s.supply * s.price;", "E_STEP_UNIT", "assigns USD to s.supply, which is in AKT"],
  ["day and year do not mix", "s.share = s.age * p.rate;", "E_STEP_UNIT", "assigns day/year to s.share, which is in 1"],
  ["exp of a unit", "s.share = Math.exp(s.supply);", "E_STEP_UNIT", "Math.exp needs a pure number"],
  ["a power that is not a multiple of one half", "s.share = s.supply ** 0.3;", "E_STEP_UNIT", "raises AKT to a power"],
  ["a root with quarter exponents", "s.share = Math.sqrt(Math.sqrt(s.supply));", "E_STEP_UNIT", "takes the root of AKT^0.5"],
  [
    "a use constant is dimensionless by default",
    "s.supply = s.supply + u.group.a;",
    "E_STEP_UNIT",
    "brings AKT and 1 together",
  ],
  ["scratch read before it is written", "s.share = z.shock;", "E_STEP_UNSET", '"z.shock" is read before it is written'],
  ["scratch written on one side only", "if (s.share > 0) z.shock = 1; s.share = z.shock;", "E_STEP_UNSET", "z.shock"],
  ["a variable without a value", "let x; s.share = x;", "E_STEP_TYPE", '"x" is undefined'],
  [
    "a helper that returns on one side only",
    "let x; if (s.share > 0) x = 1; s.share = x;",
    "E_STEP_UNSET",
    "has a value on one side of a condition only",
  ],
  ["while", "while (s.share > 0) s.share -= 1;", "E_STEP_SYNTAX", "a while statement is not part of the step language"],
  ["for-of", "for (const x of s.w) s.share += x;", "E_STEP_SYNTAX", "a for of statement"],
  ["switch", "switch (s.n) { case 1: break; }", "E_STEP_SYNTAX", "a switch statement"],
  ["try", "try { s.share = 1; } catch { s.share = 2; }", "E_STEP_SYNTAX", "a try statement"],
  [
    "a loop to a run-time bound",
    "for (let i = 0; i < s.share; i++) s.w[i] = 1;",
    "E_STEP_LOOP",
    "the loop's bounds are not constant",
  ],
  [
    "a loop that changes its counter",
    "for (let i = 0; i < 3; i++) { i += 1; }",
    "E_STEP_LOOP",
    "the loop changes its counter i",
  ],
  [
    "a loop that never finishes",
    "for (let i = 0; i < 3; i--) s.share = 1;",
    "E_STEP_LOOP",
    "the loop's bounds are not constant",
  ],
  ["break", "for (let i = 0; i < 3; i++) { break; }", "E_STEP_SYNTAX", "a break statement"],
  ["return in a loop", "for (let i = 0; i < 3; i++) { return; }", "E_STEP_SYNTAX", "return is not allowed in a loop"],
  ["for-in over a number", "for (const k in s.share) s.share = 1;", "E_STEP_LOOP", '"s.share" has no fields'],
  [
    "a closure",
    "const f = () => 1; s.share = f();",
    "E_STEP_SYNTAX",
    "a function inside of a function is not part of the step language",
  ],
  [
    "an array literal",
    "const f = [1, 2]; s.share = f[0];",
    "E_STEP_SYNTAX",
    "a list of values is not part of the step language",
  ],
  ["new", "s.share = new Number(3);", "E_STEP_SYNTAX", "new expression"],
  ["optional chaining", "s.share = s?.share;", "E_STEP_SYNTAX", "the operator ?. is not part of the step language"],
  ["a forbidden operator", "s.share = s.share | 0;", "E_STEP_SYNTAX", "the operator | is not allowed"],
  ["typeof", "s.share = typeof s.share;", "E_STEP_SYNTAX", "the operator typeof is not allowed"],
  ["??", "s.share = s.share ?? 1;", "E_STEP_SYNTAX", "the operator ?? is not allowed"],
  ["% of floats", "s.share = s.share % 2;", "E_STEP_INDEX", "uses % on values that are not indices"],
  [
    "an index that differs between lanes",
    "s.share = s.w[s.n];",
    "E_STEP_INDEX",
    'the index of "s.w[s.n]" differs between lanes',
  ],
  ["a constant index beyond the end", "s.share = s.w[4];", "E_STEP_INDEX", "runs over 4..4, the array has 4"],
  ["a loop index beyond the end", "for (let i = 0; i < 4; i++) s.share += s.w[i + 1];", "E_STEP_INDEX", "the array has 4"],
  [
    "a remainder of a negative index",
    "s.share = s.w[(c.slot - 1) % 4];",
    "E_STEP_INDEX",
    "may take the remainder of a negative number",
  ],
  ["an index of a ring that is too long", "s.share = s.w[c.slot % 5];", "E_STEP_INDEX", "runs over 0..4, the array has 4"],
  [
    "scratch arrays with run-time indices",
    "z.ring[c.slot] = 1;",
    "E_STEP_INDEX",
    "z.ring is scratch and indexed by a value that is not constant",
  ],
  ["a table beyond the end", "s.share = u.table[3];", "E_STEP_INDEX", "reads element 3 of 3"],
  ["an array assigned as a whole", "s.w = 1;", "E_STEP_INDEX", "s.w is an array"],
  ["a key that is not known", "s.share = s[s.n];", "E_STEP_INDEX", 'the key "s[s.n]" is not known at compile time'],
  ["a truth value in arithmetic", "s.share = (s.share > 0) + 1;", "E_STEP_TYPE", "uses a truth value as a number"],
  ["a truth value in a field", "s.share = s.share > 0;", "E_STEP_TYPE", "uses a truth value as a number"],
  ["a float in a u32 field", "s.n = s.share;", "E_STEP_TYPE", "assigns a value that is not a u32 to s.n"],
  ["a sum that may overflow in a u32 field", "s.n = s.n + 1;", "E_STEP_TYPE", "assigns a value that is not a u32 to s.n"],
  ["a record used as a number", "s.share = s + 1;", "E_STEP_TYPE", '"s" is a record, not a number'],
  ["a call of something else", "s.share = u.YEAR();", "E_STEP_TYPE", '"u.YEAR" is not a function'],
  ["recursion", "s.share = u.again(1, u);", "E_STEP_SYNTAX", "u.again calls itself"],
  ["a built-in function", "s.share = u.built(1);", "E_STEP_SYNTAX", "built-in or bound function"],
  ["arguments that are missing", "s.share = u.clamp(1);", "E_STEP_SYNTAX", "clamp gets 1 argument, it takes 3 to 4"],
  ["spread arguments", "s.share = Math.max(...s.w);", "E_STEP_SYNTAX", "spread arguments are not allowed"],
  [
    "a list of values",
    "const l = [1, 2]; s.share = l[0];",
    "E_STEP_SYNTAX",
    "a list of values is not part of the step language",
  ],
  ["this", "s.share = this.supply;", "E_STEP_SYNTAX", "this is not part of the step language"],
  ["a text added to a number", "s.share = s.share + 'a';", "E_STEP_TYPE", "adds a text and a number"],
  ["strings as numbers", "s.share = 'a' * 2;", "E_STEP_TYPE", "is a string, not a number"],
];

for (const [name, body, code, message] of cases) {
  test(`${name}: ${code}`, () => {
    const error = compile(body);
    expect(error?.message).toContain(message);
    expect(error?.code).toBe(code);
    expect(error?.hint.length).toBeGreaterThan(5);
    expect(error?.message).toMatch(/\d+:\d+: |built-in/);
  });
}

test("the position and the line are those of the running text", () => {
  const error = compile("const a = 1;\n  s.share = a + missing * 2;");
  // new Function puts two lines in front of the body.
  expect(error?.message).toContain("(step 4:17: s.share = a + missing * 2;)");
});

test("async functions, generators, defaults, rest and too many parameters are refused", () => {
  expect(compile((async () => 1) as never)?.message).toContain("async or a generator");
  expect(compile(function* () {} as never)?.message).toContain("async or a generator");
  expect(compile(((s: unknown, p = 1) => [s, p]) as never)?.message).toContain("default values, rest and array patterns");
  expect(compile(((...s: unknown[]) => s) as never)?.message).toContain("default values, rest and array patterns");
  expect(compile(((a: 1, b: 1, c: 1, d: 1, e: 1, f: 1) => [a, b, c, d, e, f]) as never)?.hint).toContain("(s, p, c, z, u)");
  expect(compile(class {} as never)?.code).toBe("E_STEP_SYNTAX");
  expect(compile(Math.sin as never)?.message).toContain("built-in");
});

test("units that fit are accepted", () => {
  expect(compile("s.supply = s.supply * (1 + p.rate / u.YEAR * s.age) - 0.5;")).toBeUndefined();
  expect(compile("s.share = Math.sqrt(s.supply * s.supply) / s.supply + 3 ** s.share;")).toBeUndefined();
  expect(compile("const usd = s.supply * s.price; s.supply = usd / s.price;")).toBeUndefined();
  expect(
    compile("let sum = 0; for (let i = 0; i < 3; i++) sum += s.supply; s.supply = u.units(Math.max(sum, 0));"),
  ).toBeUndefined();
  expect(compile("s.share = Math.log(s.supply / p.cap) + Math.sign(s.supply) + (s.supply > 5 ? 1 : 0);")).toBeUndefined();
});
