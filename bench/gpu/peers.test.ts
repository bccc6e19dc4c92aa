import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findEconomy } from "../../env/registry.js";
import { planCases } from "./cases.js";
import { absence, measurePeer, PEERS, sizeArguments } from "./peers.js";

const [jax] = PEERS;
const [sizes] = planCases(false);

test("a peer gets the very sizes of the case", () => {
  expect(sizeArguments(sizes!).join(" ")).toBe("--envs 65536 --steps 32 --epochs 4 --minibatches 4 --hidden 64,64");
});

test("a Python that is not there has no peer", async () => {
  expect(await absence(jax!, "/no/such/python")).toBe("jax is not installed");
});

describe.skipIf(process.platform === "win32")("a Python in a shell's clothes", () => {
  const python = (script: string) => {
    const path = join(mkdtempSync(join(tmpdir(), "flyball-python-")), "python");
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  };
  const measure = (script: string, limitSeconds = 20) =>
    measurePeer(jax!, findEconomy("akash"), sizes!, { python: python(script), windowSeconds: 2, limitSeconds });

  test("that has the package is there, and one that cannot load it says why", async () => {
    expect(await absence(jax!, python("exit 0"))).toBeUndefined();
    expect(await absence(jax!, python("echo 'ModuleNotFoundError: No module named jax' >&2; exit 1"))).toBe(
      "jax is not installed",
    );
    const broken = "echo 'ImportError: libcuda.so.1: cannot open' >&2; exit 1";
    expect(await absence(jax!, python(broken))).toBe("jax does not load: ImportError: libcuda.so.1: cannot open");
  });

  test("reads the economy's module and prints a document after other lines", async () => {
    const script = `test -s "$3" && echo noise && echo '{"device": "gpu: a card", "envStepsPerSecond": 5e6}'`;
    expect(await measure(script)).toEqual({ name: "JAX", device: "gpu: a card", envStepsPerSecond: 5e6, why: "" });
  });

  test.each([
    ["fails", "echo first >&2; echo 'RuntimeError: out of memory' >&2; exit 1", "RuntimeError: out of memory"],
    ["prints something else", "echo hello", "is not valid JSON"],
  ])("that %s is not measured, with the reason", async (_, script, why) => {
    const { envStepsPerSecond, device, why: found } = await measure(script);
    expect([envStepsPerSecond, device]).toEqual([null, null]);
    expect(found).toContain(why);
  });

  test("that hangs is ended", async () => {
    expect((await measure("exec sleep 60", 0.3)).why).toBe("it takes longer than 0 s");
  });
});
