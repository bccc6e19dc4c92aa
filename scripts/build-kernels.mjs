// Compiles models/wasm/assembly to WebAssembly (plain and with relaxed SIMD) and writes both as base64 into
// models/wasm/generated/kernels.ts. Does nothing when the sources are those of the last build.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const sourceFolder = join(root, "models/wasm/assembly");
const target = join(root, "models/wasm/generated/kernels.ts");

const names = (await readdir(sourceFolder)).filter((name) => name.endsWith(".ts")).sort();
const sources = new Map();
for (const name of names) sources.set(name, await readFile(join(sourceFolder, name), "utf8"));

const hash = createHash("sha256").update(await readFile(fileURLToPath(import.meta.url)));
for (const [name, text] of sources) hash.update(`${name}\0${text}\0`);
const stamp = `// sources sha256 ${hash.digest("hex")}`;

const existing = await readFile(target, "utf8").catch(() => "");
if (!existing.startsWith(stamp)) {
  const plain = await compile("simd,threads");
  const relaxed = await compile("simd,threads,relaxed-simd");
  await mkdir(join(root, "models/wasm/generated"), { recursive: true });
  await writeFile(
    target,
    `${stamp}\nexport const PLAIN_KERNELS =\n  "${plain}";\nexport const RELAXED_KERNELS =\n  "${relaxed}";\n`,
  );
}

async function compile(features) {
  // Imported late: loading the compiler takes longer than finding out that it is not needed.
  const { default: asc } = await import("assemblyscript/asc");
  const options = ["kernels.ts", "--outFile", "kernels.wasm", "--runtime", "stub", "-O3", "--noAssert", "--importMemory"];
  options.push("--sharedMemory", "--initialMemory", "1", "--maximumMemory", "65536", "--enable", features);
  let binary = new Uint8Array();
  const { error, stderr } = await asc.main(options, {
    readFile: (name) => sources.get(name) ?? null,
    writeFile: (name, contents) => {
      if (name === "kernels.wasm") binary = contents;
    },
    listFiles: () => [],
  });
  if (error) throw new Error(`kernels do not compile: ${error.message}\n${stderr.toString()}`);
  return Buffer.from(binary).toString("base64");
}
