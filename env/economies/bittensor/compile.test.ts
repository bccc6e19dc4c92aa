import { expect, test } from "vitest";
import { countNodes } from "../../../compiler/analysis/count-nodes.js";
import { emitDecimal } from "../../../compiler/decimal/emit-decimal.js";
import type { Program } from "../../../compiler/ir/program.js";
import { emitJs } from "../../../compiler/js/emit-js.js";
import { emitWasm } from "../../../compiler/wasm/emit-wasm.js";
import { lanePrograms } from "../../lane/programs.js";
import { parseEnvOptions } from "../../settings.js";
import { makeBittensor } from "./index.js";

const programsOf = (subnets: number) => {
  const economy = makeBittensor(subnets);
  return { economy, ...lanePrograms(economy, parseEnvOptions(economy, {}).lane) };
};
const large = programsOf(127);

const TARGETS: Readonly<Record<string, (program: Program) => unknown>> = {
  JS: (program) => emitJs(program, { capacity: 64 }),
  WASM: (program) => new WebAssembly.Module(emitWasm(program, { capacity: 64 })),
  Decimal: (program) => emitDecimal(program, { decimals: large.economy.token.decimals }),
};

test.each(Object.entries(TARGETS))("127 subnets compile to %s, start and step", (_, emit) => {
  expect(emit(large.reset)).toBeDefined();
  expect(emit(large.step)).toBeDefined();
});

test("each further subnet adds its levers and their records to the program, and no copy of a loop's body", () => {
  // A compilation takes as long as its program is large; `flyball bench` times it. 119 today: weight, release and their records.
  const size = (subnets: number) => countNodes(programsOf(subnets).step).nodes;
  expect((countNodes(large.step).nodes - size(8)) / 119).toBeLessThan(130);
});
