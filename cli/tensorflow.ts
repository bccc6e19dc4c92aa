import { CUDA_FIX } from "../models/tensorflow/explain.js";
import type { TensorFlowSearch } from "../models/tensorflow/load.js";
import type { Finding } from "./finding.js";

/** What doctor says of the TensorFlow.js packages: those that do not work here, then the one that `--device tensorflow` takes. */
export function tensorflowFindings({ backend, skipped }: TensorFlowSearch): readonly Finding[] {
  const missing = skipped.map(
    ({ packageName, why, fix }): Finding => ({
      what: packageName,
      found: why,
      state: "missing",
      fix: `only for ${backend ? "a faster " : ""}--device tensorflow: ${fix}`,
    }),
  );
  if (!backend) return missing;
  const { packageName, description, native, gpu } = backend;
  const noGpu = packageName.endsWith("-gpu") && !gpu;
  const note = native ? (noGpu ? "; it finds no GPU" : "") : "; slow: for checks rather than for long runs";
  const found = `--device tensorflow takes it: ${description}${note}`;
  return [...missing, { what: packageName, found, state: noGpu ? "missing" : "ok", fix: noGpu ? CUDA_FIX : "" }];
}
