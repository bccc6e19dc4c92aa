import type { Command } from "commander";
import { searchTensorFlow } from "../../models/tensorflow/load.js";
import type { Finding } from "../finding.js";
import { type Io, writeJson } from "../io.js";
import { tensorflowFindings } from "../tensorflow.js";
import { writeTable } from "../terminal/table.js";
import { VERSION } from "../version.js";
import { wasmFeatures } from "../wasm-features.js";
import { webgpuFindings } from "../webgpu.js";
import { gatherGpuFacts } from "../webgpu-facts.js";

const OLDEST_NODE = [20, 19] as const;

export function addDoctor(program: Command, io: Io): void {
  program
    .command("doctor")
    .description("says what this machine offers and how to fix what is missing")
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  flyball doctor")
    .action(async (options: { readonly json?: boolean }) => {
      const findings = [
        ...checkNode(),
        checkCores(io),
        ...checkWasm(),
        ...tensorflowFindings(await searchTensorFlow()),
        ...webgpuFindings(await gatherGpuFacts()),
      ];
      if (options.json) return writeJson(io, { version: VERSION, platform: `${process.platform}-${process.arch}`, findings });
      const rows = findings.map(({ what, found, state, fix }) => [what, state, found, fix]);
      writeTable(io.stdout, { head: ["what", "", "found", "what to do"], rows });
    });
}

function checkNode(): readonly Finding[] {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const fine = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  const fix = fine ? "" : `install Node.js ${OLDEST_NODE.join(".")} or newer`;
  return [{ what: "Node.js", found: process.versions.node, state: fine ? "ok" : "missing", fix }];
}

function checkCores({ cores }: Io): Finding {
  return { what: "cores", found: `${cores}; training takes all of them unless --threads says otherwise`, state: "ok", fix: "" };
}

function checkWasm(): readonly Finding[] {
  const { simd, relaxedSimd, sharedMemory } = wasmFeatures();
  return [
    {
      what: "WASM SIMD",
      found: simd ? "yes" : "no: training is not possible here",
      state: simd ? "ok" : "missing",
      fix: simd ? "" : "use Node.js on x86-64 or arm64",
    },
    {
      what: "WASM relaxed SIMD",
      found: relaxedSimd ? "yes; --set relaxed=true uses it" : "behind a flag that --set relaxed=true sets",
      state: "ok",
      fix: "",
    },
    {
      what: "WASM shared memory",
      found: sharedMemory ? "yes" : "no: one thread only",
      state: sharedMemory ? "ok" : "missing",
      fix: sharedMemory ? "" : "use a newer Node.js",
    },
  ];
}
