import { cpus } from "node:os";
import type { Command } from "commander";
import { type BenchReport, runBench } from "../../bench/bench.js";
import { findEconomy } from "../../env/registry.js";
import { type Io, writeJson, writeLine } from "../io.js";
import { oneOf } from "../options.js";
import { thousands } from "../progress.js";
import { renderTable } from "../table.js";

interface Options {
  readonly economy: string;
  readonly device: "wasm";
  readonly json?: boolean;
}

export function addBench(program: Command, io: Io): void {
  program
    .command("bench")
    .description("measures simulation and training, beside the machine's peak and plain TensorFlow.js in the same run")
    .option("--economy <name>", "economy to measure with", "akash")
    .option("--device <name>", "wasm", oneOf("--device", ["wasm"] as const, ["auto", "webgpu", "tensorflow"]), "wasm")
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  flyball bench --json")
    .action(async (options: Options) => {
      const economy = findEconomy(options.economy);
      const report = await runBench(
        () => performance.now(),
        economy,
        (what) => writeLine(io.stderr, `measuring ${what} …`),
      );
      const machine = { cpu: cpus()[0]?.model ?? "unknown", cores: io.cores, node: process.versions.node };
      if (options.json) writeJson(io, { machine, ...report });
      else writeLine(io.stdout, describe(report));
    });
}

function describe({ simulation, training: { wasm } }: BenchReport): string {
  const times = (ratio: number | null) => (ratio === null ? "not installed" : `${ratio.toFixed(1)} x`);
  return renderTable(
    ["what", "measured"],
    [
      ["simulation, JavaScript", `${thousands(simulation.js)} env-steps/s a core`],
      ["simulation, WebAssembly", `${thousands(simulation.wasm)} env-steps/s a core, ${times(simulation.ratio)} JavaScript`],
      ["training, one thread", `${thousands(wasm.oneThread)} env-steps/s`],
      ["training, two threads", `${thousands(wasm.twoThreads)} env-steps/s, ${times(wasm.speedup)} one thread`],
      ["gradient", `${wasm.gradientGflops.toFixed(1)} Gflop/s, ${(100 * wasm.gradientShareOfPeak).toFixed(0)} % of the peak`],
      ["peak, f32x4 multiply-add", `${wasm.peakGflops.toFixed(1)} Gflop/s a core`],
      ["same update, tfjs-cpu", `${times(wasm.vsTfjsCpu)} as long`],
      ["same update, tfjs-wasm", `${times(wasm.vsTfjsWasm)} as long`],
      [
        "memory at 4,096 lanes",
        `${wasm.memoryMibAt4096Lanes.toFixed(0)} MiB, whole process ${wasm.residentMibAt4096Lanes.toFixed(0)} MiB`,
      ],
    ],
  );
}
