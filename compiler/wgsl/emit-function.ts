import type { Program, RecordInfo } from "../ir/program.js";
import { TextEmitter } from "../text/emitter.js";
import { WGSL_TYPES, type WgslPlace, wgslDialect } from "./dialect.js";

interface WgslFunctionOptions {
  /** Name of the function that is written: `fn name(lane: u32)`. */
  readonly name: string;
  readonly place: (record: RecordInfo) => WgslPlace;
}

/**
 * Writes a program as one WGSL function of a lane's number. It needs {@link WGSL_LIBRARY} in the same module, and the arrays
 * that `place` names. Several programs with functions and arrays of their own fit into one module, so a rollout can be one
 * dispatch.
 */
export function emitWgslFunction(program: Program, { name, place }: WgslFunctionOptions): string {
  const places = new Map(program.records.map((record) => [record.name, place(record)]));
  const body = new TextEmitter(program, wgslDialect(places)).write();
  const locals = program.locals.map((type, i) => `var l${i}: ${WGSL_TYPES[type]};`);
  return [`fn ${name}(lane: u32) {`, ...[...locals, ...body].map((line) => `  ${line}`), "}"].join("\n");
}
