import { describe, expect, test } from "vitest";
import type { Adapter, Probe, VulkanFacts } from "../models/webgpu/explain.js";
import { flyball } from "../test/support/fake-io.js";
import { webgpuFindings } from "./webgpu.js";
import { type Ended, type GpuFacts, gatherGpuFacts, type Machine } from "./webgpu-facts.js";

const ADAPTER: Adapter = {
  vendor: "acme",
  architecture: "a1",
  device: "acme-a1",
  description: "Acme driver 1",
  isFallback: false,
  features: ["shader-f16", "timestamp-query", "depth-clip-control", "subgroups"],
  limits: {
    maxBufferSize: 4 * 2 ** 30,
    maxStorageBufferBindingSize: 2 ** 31 - 4,
    maxComputeWorkgroupStorageSize: 49152,
    maxComputeInvocationsPerWorkgroup: 1024,
  },
};
const VULKAN: VulkanFacts = {
  words: "",
  manifests: [],
  named: undefined,
  nvidia: false,
  migCards: [],
  renderNode: false,
  container: false,
  capabilities: undefined,
};
const facts = (probe: Probe, vulkan: VulkanFacts | undefined = VULKAN): GpuFacts => ({
  system: { platform: "linux-x64", glibc: "2.36" },
  probe,
  vulkan,
});

describe("what doctor says of GPUs", () => {
  test("describes the adapter that is taken by name, kind, limits and the features that matter", () => {
    expect(webgpuFindings(facts({ state: "adapter", adapter: ADAPTER }))).toEqual([
      {
        what: "WebGPU adapter",
        state: "ok",
        fix: "",
        found:
          "--device webgpu takes it: acme-a1 (Acme driver 1); buffers of 4 GiB, 2 GiB bound at once; 48 KiB of workgroup memory; subgroups, shader-f16, timestamp-query",
      },
    ]);
  });

  test("says that a software adapter is slow, and what keeps the card beside it away", () => {
    const adapter = { ...ADAPTER, isFallback: true, features: [] };
    const [only, ...rest] = webgpuFindings(facts({ state: "adapter", adapter }));
    expect(only).toMatchObject({
      state: "ok",
      found: expect.stringMatching(/no optional features; computed by the CPU, slow/),
    });
    expect(rest).toEqual([]);
    const both = webgpuFindings(facts({ state: "adapter", adapter }, { ...VULKAN, nvidia: true }));
    expect(both.map(({ what, state }) => [what, state])).toEqual([
      ["WebGPU adapter", "ok"],
      ["Vulkan driver", "missing"],
    ]);
  });

  test("gives each obstacle a line of its own when there is no adapter", () => {
    const found = webgpuFindings(facts({ state: "no adapter" }, { ...VULKAN, nvidia: true, migCards: ["A100"] }));
    expect(found.map(({ what, state }) => [what, state])).toEqual([
      ["WebGPU adapter", "missing"],
      ["NVIDIA MIG", "missing"],
      ["Vulkan driver", "missing"],
    ]);
    expect(found[0]!.fix).toBe("see the next lines");
    for (const { fix } of found.slice(1)) expect(fix).toMatch(/^only for --device webgpu: /);
    expect(webgpuFindings({ ...facts({ state: "no adapter" }), vulkan: undefined })).toHaveLength(1);
  });

  test.each<[Probe, string]>([
    [{ state: "no package", message: "Cannot find package 'webgpu'", code: "ERR_MODULE_NOT_FOUND" }, "not installed"],
    [{ state: "crashed", how: "ended by SIGSEGV" }, "ended by SIGSEGV"],
    [{ state: "failed", message: "lost" }, "lost"],
    [
      { state: "no device", adapter: ADAPTER, message: "out of memory" },
      "acme-a1 (Acme driver 1) makes no device: out of memory",
    ],
  ])("%o", (probe, words) => {
    const [only, ...rest] = webgpuFindings(facts(probe));
    expect(rest).toEqual([]);
    expect(only).toMatchObject({ state: "missing", found: expect.stringContaining(words) });
    expect(only!.fix).toMatch(/^only for --device webgpu: ./);
  });
});

/** A machine of named paths and programs; nothing of the real one is looked at. */
function machine(
  paths: readonly string[],
  child: Partial<Ended>,
  env: Machine["env"] = {},
  smi: Partial<Ended> = { failure: "not found" },
): Machine {
  const ended = { out: "", err: "", failure: undefined };
  const list = (folder: string) => {
    const names = paths.filter((path) => path.startsWith(`${folder}/`)).map((path) => path.slice(folder.length + 1));
    return names.length > 0 ? names : undefined;
  };
  return {
    ...{ platform: "linux-x64", glibc: () => "2.36", env, list },
    exists: (path) => paths.includes(path),
    run: async (file) => ({ ...ended, ...(file === "nvidia-smi" ? smi : child) }),
  };
}
const NONE = { out: '\n{"state":"no adapter"}\n' };

describe("gathering the facts", () => {
  test("reads the child's last line and keeps what Dawn wrote", async () => {
    const { probe, vulkan } = await gatherGpuFacts(machine([], { out: `noise\n${NONE.out}`, err: "Warning: odd" }));
    expect(probe).toEqual({ state: "no adapter" });
    expect(vulkan).toEqual({ ...VULKAN, words: "Warning: odd" });
  });

  test("a child that crashes, hangs or writes nothing is told as such; one that dies after its answer has answered", async () => {
    const probeOf = async (child: Partial<Ended>) => (await gatherGpuFacts(machine([], child))).probe;
    expect(await probeOf({ failure: "ended by SIGSEGV" })).toEqual({ state: "crashed", how: "ended by SIGSEGV" });
    expect(await probeOf({ failure: "no answer in 30 s", out: "{" })).toEqual({ state: "crashed", how: "no answer in 30 s" });
    expect(await probeOf({ err: "first\nsecond" })).toMatchObject({ state: "crashed", how: expect.stringContaining("first") });
    expect(await probeOf({ ...NONE, failure: "ended by SIGSEGV" })).toEqual({ state: "no adapter" });
  });

  test("finds manifests in the loader's folders", async () => {
    const paths = ["/etc/vulkan/icd.d/nvidia_icd.json", "/usr/share/vulkan/icd.d/lvp_icd.json", "/etc/vulkan/icd.d/readme"];
    const { vulkan } = await gatherGpuFacts(machine(paths, NONE));
    expect(vulkan!.manifests).toEqual(["/etc/vulkan/icd.d/nvidia_icd.json", "/usr/share/vulkan/icd.d/lvp_icd.json"]);
    const own = ["/home/a/.local/share/vulkan/icd.d/x.json", "/opt/share/vulkan/icd.d/y.json"];
    const env = { HOME: "/home/a", XDG_DATA_DIRS: "/usr/share:/opt/share" };
    const more = await gatherGpuFacts(machine([...paths, ...own], NONE, env));
    expect([...more.vulkan!.manifests].sort()).toEqual([...vulkan!.manifests, ...own].sort());
  });

  test("a variable replaces the folders, the newer name first, and may name files and folders", async () => {
    const paths = ["/etc/vulkan/icd.d/nvidia_icd.json", "/a/one.json", "/b/two.json"];
    const env = { VK_DRIVER_FILES: "/a/one.json:/b:/gone.json", VK_ICD_FILENAMES: "/other.json" };
    const { vulkan } = await gatherGpuFacts(machine(paths, NONE, env));
    expect(vulkan!.named).toEqual({ variable: "VK_DRIVER_FILES", value: env.VK_DRIVER_FILES });
    expect(vulkan!.manifests).toEqual(["/a/one.json", "/b/two.json"]);
  });

  test("sees cards, containers and MIG", async () => {
    const smi = { out: "NVIDIA H100 80GB HBM3, Enabled\nNVIDIA H200, Disabled\nTesla T4, [N/A]\n" };
    const env = { NVIDIA_DRIVER_CAPABILITIES: "compute,utility" };
    const paths = ["/dev/nvidia1", "/dev/dri/renderD128", "/.dockerenv"];
    const { vulkan } = await gatherGpuFacts(machine(paths, NONE, env, smi));
    expect(vulkan).toMatchObject({ nvidia: true, renderNode: true, container: true, capabilities: "compute,utility" });
    expect(vulkan!.migCards).toEqual(["NVIDIA H100 80GB HBM3"]);
    const { vulkan: other } = await gatherGpuFacts(machine(["/dev/nvidiactl"], NONE, {}, smi));
    expect(other).toMatchObject({ nvidia: false, migCards: [], container: false });
  });

  test("asks nothing of Vulkan on other systems", async () => {
    const { vulkan } = await gatherGpuFacts({ ...machine([], NONE), platform: "darwin-arm64" });
    expect(vulkan).toBeUndefined();
  });
});

test("doctor ends with 0 and speaks of WebGPU whatever this machine has", async () => {
  const { code, out, err } = await flyball("doctor --json");
  expect([code, err]).toEqual([0, ""]);
  const findings: { what: string; state: string }[] = JSON.parse(out).findings;
  const about = findings.filter(({ what }) => what === "webgpu" || what === "WebGPU adapter");
  expect(about.length).toBe(1);
  for (const { state } of findings) expect(["ok", "missing"]).toContain(state);
});
