import type { ActionSpec } from "../world.js";

type Levers = Readonly<Record<string, ActionSpec>>;

/** Start and largest move of each lever as constants for the functions of an economy. */
export function leverUses<L extends Levers>(levers: L): { START: Record<keyof L, number>; MOVES: Record<keyof L, number> } {
  return { START: each(levers, ({ start }) => start), MOVES: each(levers, ({ maxMove }) => maxMove) };
}

/** The units of {@link leverUses}. */
export function leverUnits(levers: Levers): Readonly<Record<`${string}.${string}`, string>> {
  const entries = Object.entries(levers).flatMap(([name, { unit }]) => [
    [`START.${name}`, unit],
    [`MOVES.${name}`, unit],
  ]);
  return Object.fromEntries(entries);
}

function each<L extends Levers>(levers: L, of: (lever: ActionSpec) => number): Record<keyof L, number> {
  return Object.fromEntries(Object.entries(levers).map(([name, lever]) => [name, of(lever)])) as Record<keyof L, number>;
}

/** Sum of the squared moves of levers over their limits: `s` holds what was applied in the last step, `a` what is now. */
export function squaredMoves<Moves extends Readonly<Record<string, number>>>(
  s: Readonly<Record<keyof Moves, number>>,
  a: Readonly<Record<keyof Moves, number>>,
  moves: Moves,
): number {
  let squares = 0;
  for (const k in moves) {
    const move = (a[k] - s[k]) * (1 / moves[k]!);
    squares += move * move;
  }
  return squares;
}
