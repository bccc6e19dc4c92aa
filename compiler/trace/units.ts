import { UserError } from "../../core/errors.js";

/** A product of powers of base units, interned: two units are equal if and only if they are the same object. */
export interface Unit {
  /** Canonical text, for messages: `USD/AKT`. */
  readonly text: string;
  /** Base unit and exponent, sorted by name; a multiple of one half, never 0. */
  readonly powers: readonly (readonly [string, number])[];
}

const interned = new Map<string, Unit>();
const parsed = new Map<string, Unit>();

/** The unit of pure numbers. */
export const ONE: Unit = intern([]);

function factorText([name, power]: readonly [string, number], sign: number): string {
  const exponent = power * sign;
  return exponent === 1 ? name : `${name}^${exponent}`;
}

function intern(powers: readonly (readonly [string, number])[]): Unit {
  const above = powers.filter((entry) => entry[1] > 0).map((entry) => factorText(entry, 1));
  const below = powers.filter((entry) => entry[1] < 0).map((entry) => factorText(entry, -1));
  const text = (above.length > 0 ? above.join("*") : "1") + below.map((factor) => `/${factor}`).join("");
  let unit = interned.get(text);
  if (!unit) {
    unit = { text, powers };
    interned.set(text, unit);
  }
  return unit;
}

function fromMap(powers: ReadonlyMap<string, number>): Unit {
  return intern([...powers].filter((entry) => entry[1] !== 0).sort((a, b) => (a[0] < b[0] ? -1 : 1)));
}

/**
 * Reads `"1"`, `"ratio"` (the same), `"AKT"`, `"USD/AKT"`, `"unit*day"`, `"year^-0.5"`; `/` inverts the one factor after it.
 * @throws UserError E_UNIT for any other text
 */
export function parseUnit(text: string): Unit {
  const known = parsed.get(text);
  if (known) return known;
  const powers = new Map<string, number>();
  const pieces = text.replaceAll(" ", "").split(/([*/])/);
  for (let i = 0; i < pieces.length; i += 2) {
    const sign = pieces[i - 1] === "/" ? -1 : 1;
    const match = /^(1|[A-Za-z_][A-Za-z_0-9]*)(?:\^(-?\d+(?:\.5|\.0)?))?$/.exec(pieces[i] as string);
    if (!match)
      throw new UserError(
        "E_UNIT",
        `cannot read the unit "${text}"`,
        'write a unit such as "1", "AKT", "USD/AKT" or "year^-0.5"',
      );
    const name = match[1] as string;
    if (name === "1" || name === "ratio") continue;
    powers.set(name, (powers.get(name) ?? 0) + sign * Number(match[2] ?? 1));
  }
  const unit = fromMap(powers);
  parsed.set(text, unit);
  return unit;
}

function combine(a: Unit, b: Unit, sign: number): Unit {
  const powers = new Map(a.powers);
  for (const [name, power] of b.powers) powers.set(name, (powers.get(name) ?? 0) + sign * power);
  return fromMap(powers);
}

export function multiplyUnits(a: Unit, b: Unit): Unit {
  if (a === ONE) return b;
  return b === ONE ? a : combine(a, b, 1);
}

export function divideUnits(a: Unit, b: Unit): Unit {
  return b === ONE ? a : combine(a, b, -1);
}

/** The unit raised to a power, or undefined if an exponent would not be a multiple of one half. */
export function powerUnit(unit: Unit, exponent: number): Unit | undefined {
  const powers = unit.powers.map(([name, power]) => [name, power * exponent] as const);
  if (powers.some(([, power]) => !Number.isInteger(power * 2))) return undefined;
  return fromMap(new Map(powers));
}
