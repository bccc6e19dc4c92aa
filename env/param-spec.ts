import type { ParamSpec } from "./world.js";

/** A parameter whose number nobody has measured; the range says how far it may be off. */
export function assumed(value: number, low: number, high: number, unit: string, doc: string): ParamSpec {
  return { value, low, high, unit, source: "assumption", doc };
}

/** What {@link adjusted} may change of a parameter: never its unit. A changed value names its own source. */
export interface Adjustment {
  readonly value: number;
  readonly source: string;
  readonly low?: number;
  readonly high?: number;
  readonly doc?: string;
}

/** The same parameters with some values changed: how an economy takes over a mechanism's parameters. */
export function adjusted<Name extends string>(
  specs: Readonly<Record<Name, ParamSpec>>,
  changes: Readonly<Partial<Record<NoInfer<Name>, Adjustment>>>,
): Readonly<Record<Name, ParamSpec>> {
  const entries = (Object.entries(specs) as [Name, ParamSpec][]).map(([name, spec]) => [name, { ...spec, ...changes[name] }]);
  return Object.fromEntries(entries);
}
