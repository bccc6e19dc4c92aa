import { UserError } from "../../core/errors.js";
import { explainFailure } from "./explain.js";
import type { Tf } from "./tf.js";

/** TensorFlow.js on a backend that computes right. */
export interface TensorFlowBackend {
  readonly tf: Tf;
  readonly packageName: string;
  /** Package, version and what it computes on, for people. */
  readonly description: string;
  /** Whether TensorFlow's native library computes, rather than JavaScript. */
  readonly native: boolean;
  readonly gpu: boolean;
}

export interface SkippedPackage {
  readonly packageName: string;
  readonly why: string;
  /** What to do about it. */
  readonly fix: string;
}

/** In the order of their speed, with the backend that each is for. */
const PACKAGES = [
  { packageName: "@tensorflow/tfjs-node-gpu", backend: "tensorflow" },
  { packageName: "@tensorflow/tfjs-node", backend: "tensorflow" },
  { packageName: "@tensorflow/tfjs", backend: "cpu" },
] as const;

/** A package's module by its name, as `import` gives it. */
export type LoadPackage = (packageName: string) => Promise<unknown>;

/** What trying the packages came to. */
export interface TensorFlowSearch {
  readonly backend: TensorFlowBackend | undefined;
  /** Packages that do not work here, up to the one that does. */
  readonly skipped: readonly SkippedPackage[];
}

/**
 * The first of tfjs-node-gpu, tfjs-node and plain TensorFlow.js that is installed, loads and passes a small computation with a
 * known result: a package may load and fail at its first tensor.
 * @param only `native` leaves plain TensorFlow.js out
 */
export async function searchTensorFlow(
  load: LoadPackage = (name) => import(name),
  only: "native" | "all" = "all",
): Promise<TensorFlowSearch> {
  const skipped: SkippedPackage[] = [];
  for (const { packageName, backend } of PACKAGES) {
    if (only === "native" && backend !== "tensorflow") continue;
    try {
      return { backend: await open(await load(packageName), packageName, backend), skipped };
    } catch (error) {
      skipped.push({ packageName, ...explainFailure(packageName, error) });
    }
  }
  return { backend: undefined, skipped };
}

/** The backend that {@link searchTensorFlow} finds. @throws UserError `E_TENSORFLOW_MISSING` when it finds none */
export async function loadTensorFlow(load?: LoadPackage): Promise<TensorFlowBackend> {
  const { backend, skipped } = await searchTensorFlow(load);
  if (backend) return backend;
  const reasons = skipped.map(({ packageName, why }) => `${packageName}: ${why}`).join("; ");
  const message = `no TensorFlow.js package works here (${reasons})`;
  throw new UserError("E_TENSORFLOW_MISSING", message, "npm install @tensorflow/tfjs@4.22.0, or train with --device wasm");
}

async function open(module: unknown, packageName: string, backend: string): Promise<TensorFlowBackend> {
  const tf = findNamespace(module);
  // Also keeps its greeting out of our output.
  tf.enableProdMode();
  if (!(await tf.setBackend(backend))) throw new Error(`its backend "${backend}" does not start`);
  await tf.ready();
  checkArithmetic(tf);
  const native = backend === "tensorflow";
  const gpu = native && (tf.backend() as { readonly isUsingGpuDevice?: boolean }).isUsingGpuDevice === true;
  const where = gpu ? "on a GPU" : native ? "native, on the CPU" : "plain JavaScript, on one CPU core";
  return { tf, packageName, description: `${packageName} ${tf.version["tfjs-core"]}, ${where}`, native, gpu };
}

/** The packages are CommonJS: what `import` finds by name may be all of them or only the default. */
function findNamespace(module: unknown): Tf {
  for (const found of [module, (module as { readonly default?: unknown } | null)?.default]) {
    if (typeof (found as Partial<Tf> | undefined)?.variableGrads === "function") return found as Tf;
  }
  throw new Error("it is not TensorFlow.js: it has no variableGrads");
}

/** d/dw of tanh(x w)^2 at x = (1, 2), w = (0.5, -0.75). @throws Error when the gradient is not 2 tanh(-1) (1 - tanh(-1)^2) x */
function checkArithmetic(tf: Tf): void {
  const gradient = tf.tidy(() => {
    const w = tf.variable(tf.tensor2d([0.5, -0.75], [2, 1]));
    const x = tf.gather(tf.tensor2d([9, 9, 1, 2], [2, 2]), tf.tensor1d([1], "int32"));
    const { grads } = tf.variableGrads(() => tf.square(tf.tanh(tf.matMul(x, w))).asScalar(), [w]);
    const copy = [...grads[w.name]!.dataSync()];
    w.dispose();
    return copy;
  });
  const slope = 2 * Math.tanh(-1) * (1 - Math.tanh(-1) ** 2);
  const off = Math.max(Math.abs(gradient[0]! - slope), Math.abs(gradient[1]! - 2 * slope));
  // A few roundings of float32.
  if (!(off < 1e-5)) throw new Error(`it computes wrong: a gradient is ${gradient.join(", ")}, not ${slope}, ${2 * slope}`);
}
