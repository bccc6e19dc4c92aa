import { countNodes } from "../compiler/analysis/count-nodes.js";
import type { Program } from "../compiler/ir/program.js";
import { buildProgram } from "../compiler/trace/build-program.js";
import { emitWasm } from "../compiler/wasm/emit-wasm.js";
import type { Economy } from "../env/economy.js";
import { lanePrograms } from "../env/lane/programs.js";
import { parseEnvOptions } from "../env/settings.js";
import { ARRAY_RECORDS, arrayStep } from "./array-economy.js";
import { median } from "./timing.js";

interface CompileCost {
  readonly id: string;
  /** From the function's text to a WebAssembly module that runs: the first time in this process, and the median of more. */
  readonly firstMs: number;
  readonly compileMs: number;
  /** Nodes of the program's graph. */
  readonly nodes: number;
  /** Size of the WebAssembly module. */
  readonly bytes: number;
}

/** What compiling the step of an economy costs, and that of an economy with arrays of 64 elements. */
export function measureCompile(economy: Economy, rounds: number): CompileCost[] {
  const { lane } = parseEnvOptions(economy, {});
  const sources: readonly [string, () => Program][] = [
    [economy.id, () => lanePrograms(economy, lane).step],
    ["64 subnets", () => buildProgram({ name: "64 subnets", step: arrayStep, uses: {}, records: ARRAY_RECORDS })],
  ];
  return sources.map(([id, build]) => {
    const runs = Array.from({ length: 1 + rounds }, () => compileOnce(build));
    const { nodes, bytes, ms } = runs[0]!;
    return { id, firstMs: ms, compileMs: median(runs.slice(1).map((run) => run.ms)), nodes, bytes };
  });
}

function compileOnce(build: () => Program) {
  const started = performance.now();
  const program = build();
  const code = emitWasm(program, { capacity: 272 });
  new WebAssembly.Module(code);
  return { ms: performance.now() - started, nodes: countNodes(program).nodes, bytes: code.length };
}
