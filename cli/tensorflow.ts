import type { TensorFlowSearch } from "../models/tensorflow/load.js";
import type { Finding } from "./finding.js";

/** What doctor says of the TensorFlow.js packages: those that do not work here, then the one that `--device tensorflow` takes. */
export function tensorflowFindings({ backend, skipped }: TensorFlowSearch): readonly Finding[] {
  const missing = skipped.map(
    ({ packageName, why, fix }): Finding => ({
      what: packageName,
      found: why,
      state: "missing",
      fix: backend ? `only for a faster --device tensorflow: ${fix}` : fix,
    }),
  );
  if (!backend) return missing;
  const note = backend.native ? "" : "; slow: for checks rather than for long runs";
  const found = `--device tensorflow takes it: ${backend.description}${note}`;
  return [...missing, { what: backend.packageName, found, state: "ok", fix: "" }];
}
