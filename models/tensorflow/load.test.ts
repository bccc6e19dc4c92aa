import * as tensorflow from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import type { UserError } from "../../core/errors.js";
import { explainFailure } from "./explain.js";
import { type LoadPackage, loadTensorFlow, searchTensorFlow } from "./load.js";

const [GPU, NODE, PLAIN] = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node", "@tensorflow/tfjs"];

const notInstalled = (name: string) =>
  Object.assign(new Error(`Cannot find package '${name}' imported from /somewhere/load.js`), { code: "ERR_MODULE_NOT_FOUND" });

/** Packages by name: a module, or an error to throw; the rest is not installed. `asked` notes the order. */
function packages(found: Readonly<Record<string, unknown>>, asked: string[] = []): LoadPackage {
  return async (name) => {
    asked.push(name);
    const module = found[name] ?? notInstalled(name);
    if (module instanceof Error) throw module;
    return module;
  };
}

/** Replaces a native package: TensorFlow.js itself, but with a backend called "tensorflow". */
function native(change: Readonly<Record<string, unknown>> = {}, gpu = false): unknown {
  return {
    ...tensorflow,
    setBackend: async (name: string) => name === "tensorflow" && tensorflow.setBackend("cpu"),
    backend: () => ({ isUsingGpuDevice: gpu }),
    ...change,
  };
}

describe("the packages are tried in the order of their speed", () => {
  test("tfjs-node-gpu first, and nothing after it when it works", async () => {
    const asked: string[] = [];
    const all = { [GPU!]: native({}, true), [NODE!]: native(), [PLAIN!]: tensorflow };
    const { backend, skipped } = await searchTensorFlow(packages(all, asked));
    expect(backend).toMatchObject({ packageName: GPU, native: true, gpu: true });
    expect(skipped).toEqual([]);
    expect(backend!.description).toBe("@tensorflow/tfjs-node-gpu 4.22.0, on a GPU");
    expect(asked).toEqual([GPU]);
  });

  test("then tfjs-node, then plain TensorFlow.js", async () => {
    const asked: string[] = [];
    const { backend: node, skipped } = await searchTensorFlow(packages({ [NODE!]: native(), [PLAIN!]: tensorflow }, asked));
    expect(node).toMatchObject({ packageName: NODE, native: true, gpu: false });
    expect(node!.description).toBe("@tensorflow/tfjs-node 4.22.0, native, on the CPU");
    expect(skipped.map(({ packageName, why }) => [packageName, why])).toEqual([[GPU, "not installed"]]);

    const plain = await loadTensorFlow(packages({ [PLAIN!]: tensorflow }, asked));
    expect(plain).toMatchObject({ packageName: PLAIN, native: false, gpu: false });
    expect(plain.description).toBe("@tensorflow/tfjs 4.22.0, plain JavaScript, on one CPU core");
    expect(asked).toEqual([GPU, NODE, GPU, NODE, PLAIN]);
  });

  test("plain TensorFlow.js is not even asked for where only native packages are of use", async () => {
    const asked: string[] = [];
    const { backend, skipped } = await searchTensorFlow(packages({ [PLAIN!]: tensorflow }, asked), "native");
    expect(backend).toBeUndefined();
    expect(asked).toEqual([GPU, NODE]);
    expect(skipped.length).toBe(2);
  });

  test("a package that says it is for GPUs and found none does not claim one", async () => {
    const { gpu, description } = await loadTensorFlow(packages({ [GPU!]: native({}, false) }));
    expect(gpu).toBe(false);
    expect(description).toContain("native, on the CPU");
  });

  test("a CommonJS module is found behind its default export", async () => {
    const { packageName, tf } = await loadTensorFlow(packages({ [NODE!]: { default: native() } }));
    expect(packageName).toBe(NODE);
    expect(tf.variableGrads).toBeTypeOf("function");
  });
});

describe("a package that does not work is passed over, with the reason", () => {
  async function reasonOf(broken: unknown) {
    const { backend, skipped } = await searchTensorFlow(packages({ [NODE!]: broken, [PLAIN!]: tensorflow }));
    expect(backend?.packageName).toBe(PLAIN);
    expect(skipped.map((one) => one.packageName)).toEqual([GPU, NODE]);
    return skipped[1]!;
  }

  test("when its import throws", async () => {
    // What tfjs-node 4.22.0 says after an install whose download failed.
    const error = new Error(
      "The Node.js native addon module (tfjs_binding.node) can not be found at path: /x/lib/napi-v8/tfjs_binding.node. \nPlease run command …",
    );
    const { why, fix } = await reasonOf(error);
    expect(why).toContain("its native library is not there");
    expect(fix).toContain("npm rebuild @tensorflow/tfjs-node");
  });

  test("when it loads and its first tensor throws, as tfjs-node does on Node.js 23", async () => {
    const tidy = () => {
      throw new TypeError("(0 , util_1.isNullOrUndefined) is not a function");
    };
    expect(await reasonOf(native({ tidy }))).toEqual({
      packageName: NODE,
      why: "it calls util.isNullOrUndefined, which Node.js 23 removed",
      fix: "use Node.js 20 or 22 with it",
    });
  });

  test("when its backend does not start", async () => {
    expect((await reasonOf(native({ setBackend: async () => false }))).why).toContain(
      'its backend "tensorflow" does not start',
    );
  });

  test("when it computes wrong", async () => {
    const tanh = (x: tensorflow.Tensor) => tensorflow.sin(x);
    expect((await reasonOf(native({ tanh }))).why).toMatch(/it computes wrong: a gradient is .*, not -0\.6397/);
  });

  test("when it is something else", async () => {
    expect((await reasonOf({ hello: 1 })).why).toContain("it is not TensorFlow.js");
    expect((await reasonOf({ default: undefined })).why).toContain("it is not TensorFlow.js");
  });
});

test("without any package the error names all three reasons and what to do", async () => {
  const error: UserError = await loadTensorFlow(packages({})).catch((thrown) => thrown);
  expect(error).toMatchObject({ code: "E_TENSORFLOW_MISSING" });
  for (const name of [GPU, NODE, PLAIN]) expect(error.message).toContain(`${name}: not installed`);
  expect(error.hint).toBe("npm install @tensorflow/tfjs@4.22.0, or train with --device wasm");
});

test.each([
  ["libcudart.so.11.0: cannot open shared object file: No such file or directory", "CUDA's libraries do not load", "CUDA 11.2"],
  ["/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.38' not found", "needs a newer C library", "newer Linux"],
  ["libtensorflow.so.2: cannot open shared object file", "TensorFlow's own library does not load", "npm rebuild"],
  ["was compiled against a different Node.js version using NODE_MODULE_VERSION 108", "another Node.js", "--build-addon"],
  ["Cannot find module '@mapbox/node-pre-gyp'", "it does not start: Cannot find module '@mapbox", "npm install"],
])("%s is explained", (message, why, fix) => {
  const explained = explainFailure(NODE!, new Error(message));
  expect(explained.why).toContain(why);
  expect(explained.fix).toContain(fix);
  expect(explained.fix).not.toContain("NAME");
});

test("what is thrown need not be an error", () => {
  expect(explainFailure(NODE!, "no").why).toBe("it does not start: no");
});
