import type { Program } from "../../../compiler/ir/program.js";
import type { WgslPlace } from "../../../compiler/wgsl/dialect.js";
import { emitWgslFunction } from "../../../compiler/wgsl/emit-function.js";
import type { WordPlan } from "../../../compiler/wgsl/word-plan.js";

/** Where a stage finds its records: the lanes' memory under this or another record's name, or an array of the shader. */
export type Places = Readonly<Record<string, WgslPlace>>;

/** A compiled stage as a function of a shader; records without a place lie in the lanes' memory. */
export function stageFunction(program: Program, name: string, lanes: WordPlan | undefined, places: Places): string {
  return emitWgslFunction(program, {
    name,
    place: (record) => {
      const place = places[record.name] ?? (lanes && laneRecord(lanes, record.name));
      if (!place) throw new Error(`internal: the shader has no record ${record.name} of ${program.name}`);
      return place;
    },
  });
}

/** A record in the lanes' memory, by its name there. */
export function laneRecord({ offsets, capacity }: WordPlan, name: string): WgslPlace | undefined {
  const offset = offsets.get(name);
  return offset === undefined ? undefined : { words: "lanes", offset, capacity };
}

/** An invocation's own array, and its declaration: an array cannot be empty. */
export const ownArray = (words: string): WgslPlace => ({ words, offset: 0 });
export const declareOwn = (words: string, size: number): string => `var<private> ${words}: array<u32, ${Math.max(1, size)}>;`;

/** Lines for the elements 0..count-1, written out: an array that is indexed by constants can live in registers. */
export const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join("\n");
