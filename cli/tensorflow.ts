import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Whether a TensorFlow.js package is installed with its native part. Nothing of it is run: loading it costs seconds. */
export function findTensorFlow(name: string): { readonly installed: boolean; readonly why: string } {
  const folder = packageFolder(name);
  if (!folder) return { installed: false, why: "not installed: its install step downloads CUDA libraries and may fail" };
  const binding = ["napi-v8", "napi-v9", "napi-v10"].some((version) =>
    existsSync(join(folder, "lib", version, "tfjs_binding.node")),
  );
  return binding
    ? { installed: true, why: "installed" }
    : { installed: false, why: "the package is there, but its native library is not" };
}

function packageFolder(name: string): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}
