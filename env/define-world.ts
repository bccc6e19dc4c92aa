import type { FieldSpec, RecordSpec, Uses } from "../compiler/schema.js";
import type { Economy, STANDARD_FLOWS } from "./economy.js";
import type { ActionSpec, ConstraintSpec, DrawKey, ObservationSpec, ParamSpec, World, WorldFunctions } from "./world.js";

/** What a function of a world gets for a record of these fields: an array for a field with a length, else a number. */
export type Fields<Spec> = { -readonly [K in keyof Spec]: Spec[K] extends { readonly length: number } ? number[] : number };

type Actions =
  | { readonly kind: "continuous"; readonly fields: Readonly<Record<string, ActionSpec>> }
  | { readonly kind: "discrete"; readonly count: number; readonly doc: string };

type Applied<A extends Actions> = A extends { readonly fields: infer Levers } ? Fields<Levers> : { choice: number };

/** The day's limits of the breakers, besides the controls of an economy. */
type TokenLimits = Record<"mintLimit" | "burnLimit", number>;

type Specs<Spec> = Readonly<Record<string, Spec>>;

/** A scenario or a preset: values of some of these parameters. */
interface Overrides<Names extends string> {
  readonly doc: string;
  readonly overrides: Readonly<Partial<Record<Names, number>>>;
}

/** The declarations of a world, whose names its functions must keep to. `V` are the names of the varying parameters. */
interface Declared<
  S extends RecordSpec,
  P extends Specs<ParamSpec>,
  V extends string,
  A extends Actions,
  Z extends RecordSpec,
  F extends RecordSpec,
  O extends Specs<ObservationSpec>,
  T extends RecordSpec,
  K extends Specs<ConstraintSpec>,
  U extends Uses,
> extends Omit<World, keyof DeclaredRecords | "functions"> {
  readonly state: S;
  readonly params: P;
  readonly varying: readonly (V & keyof P)[];
  readonly actions: A;
  readonly shocks: Z;
  readonly flows: F;
  readonly observations: O;
  readonly hidden?: readonly (keyof NoInfer<S> & string)[];
  readonly terms: T;
  readonly objectives: Specs<Readonly<Record<keyof NoInfer<T>, number>>>;
  readonly constraints: K;
  readonly scenarios: Specs<Overrides<NoInfer<V>>>;
  readonly uses: U;
  readonly useUnits?: Readonly<Partial<Record<keyof NoInfer<U> | `${string}.${string}`, string>>>;
}

type DeclaredRecords = Pick<
  World,
  | "state"
  | "params"
  | "varying"
  | "actions"
  | "shocks"
  | "flows"
  | "observations"
  | "hidden"
  | "terms"
  | "objectives"
  | "constraints"
  | "scenarios"
  | "uses"
  | "useUnits"
>;

/** The functions of a world by the names of its records: `s` state, `p` parameters and so on, see {@link WorldFunctions}. */
interface Functions<S, P, V extends string, A, Z, F, O, T, K, U> {
  /** Only what varies may be drawn, where the names of it are known. */
  readonly drawParams: (p: string extends V ? Fields<P> : Record<V, number>, d: DrawKey, u: U) => void;
  readonly reset: (s: Fields<S>, p: Fields<P>, d: DrawKey, u: U) => void;
  readonly draw: (z: Fields<Z>, d: DrawKey, u: U) => void;
  readonly step: (s: Fields<S>, p: Fields<P>, a: A, z: Fields<Z>, f: Fields<F>, u: U) => void;
  readonly observe: (o: Fields<O>, s: Fields<S>, p: Fields<P>, z: Fields<Z>, u: U) => void;
  readonly objective: (r: Fields<T>, s: Fields<S>, p: Fields<P>, a: A, f: Fields<F>, u: U) => void;
  readonly costs: (k: Fields<K>, s: Fields<S>, p: Fields<P>, a: A, f: Fields<F>, u: U) => void;
  readonly terminated: (s: Fields<S>, p: Fields<P>, f: Fields<F>, u: U) => number;
}

/**
 * A world from its declarations and functions. TypeScript refuses a function that reads a state field, parameter, control, flow or
 * helper that is not declared, and a misspelt name in lists of names.
 */
export function defineWorld<
  S extends RecordSpec,
  P extends Specs<ParamSpec>,
  const V extends string,
  A extends Actions,
  Z extends RecordSpec,
  F extends RecordSpec,
  O extends Specs<ObservationSpec>,
  T extends RecordSpec,
  K extends Specs<ConstraintSpec>,
  U extends Uses,
>(
  declared: Declared<S, P, V, A, Z, F, O, T, K, U> & {
    readonly functions: NoInfer<Functions<S, P, V, Applied<A>, Z, F, O, T, K, U>>;
  },
): World {
  return withoutNames(declared);
}

/** An economy likewise: a world with a token, whose controls come with the day's limits of the breakers. */
export function defineEconomy<
  S extends RecordSpec,
  P extends Specs<ParamSpec>,
  const V extends string,
  A extends Actions,
  Z extends RecordSpec,
  F extends RecordSpec & Record<keyof typeof STANDARD_FLOWS, FieldSpec>,
  O extends Specs<ObservationSpec>,
  T extends RecordSpec,
  K extends Specs<ConstraintSpec>,
  U extends Uses,
>(
  declared: Declared<S, P, V, A, Z, F, O, T, K, U> &
    Omit<Economy, keyof World | "balances" | "presets" | "account"> & {
      readonly balances: readonly (keyof NoInfer<S> & string)[];
      readonly presets: Specs<Overrides<keyof NoInfer<P> & string>>;
      readonly functions: NoInfer<Functions<S, P, V, Applied<A> & TokenLimits, Z, F, O, T, K, U>>;
      readonly account: (f: NoInfer<Fields<F>>, s: NoInfer<Fields<S>>, p: NoInfer<Fields<P>>, u: NoInfer<U>) => void;
    },
): Economy {
  return withoutNames(declared);
}

/** Whatever runs a world knows records of numbers: here, once their names are checked, the types of its functions are given up. */
function withoutNames<W extends World>(declared: { readonly functions: object }): W {
  return declared as unknown as W;
}
