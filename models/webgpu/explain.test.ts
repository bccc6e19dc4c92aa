import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { adapterName, explainPackage, explainVulkan, isSoftware, NEEDED, type VulkanFacts } from "./explain.js";

const DEBIAN = { platform: "linux-x64", glibc: "2.36" };

describe("why the package does not load", () => {
  test("it is not installed", () => {
    const message = "Cannot find package 'webgpu' imported from /x/cli/webgpu-probe.js";
    expect(explainPackage(message, "ERR_MODULE_NOT_FOUND", DEBIAN)).toEqual({
      found: "not installed",
      fix: "npm install webgpu@0.6.2",
    });
  });

  test("it has no binary for the platform, or its binary was not unpacked", () => {
    const message = "Cannot find module '/x/node_modules/webgpu/dist/linux-riscv64/dawn.node'";
    const other = explainPackage(message, "MODULE_NOT_FOUND", { platform: "linux-riscv64", glibc: "2.36" });
    expect(other.found).toBe("it has no binary for linux-riscv64");
    expect(other.fix).toContain("linux-x64, linux-arm64");
    expect(explainPackage(message, "MODULE_NOT_FOUND", DEBIAN).found).toBe("its binary for linux-x64 is not there");
  });

  test("glibc is too old: both versions are named", () => {
    const message =
      "/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found (required by /x/node_modules/webgpu/dist/linux-x64/dawn.node)";
    const { found, fix } = explainPackage(message, "ERR_DLOPEN_FAILED", { ...DEBIAN, glibc: "2.31" });
    expect(found).toBe("its binary needs glibc 2.34 or newer, this system has 2.31");
    expect(fix).toContain("Debian 12, Ubuntu 22.04");
  });

  test("libstdc++ is too old", () => {
    const message = "/lib64/libstdc++.so.6: version `GLIBCXX_3.4.30' not found (required by /x/dawn.node)";
    expect(explainPackage(message, "ERR_DLOPEN_FAILED", { ...DEBIAN, glibc: "2.34" }).found).toContain("GLIBCXX_3.4.30");
  });

  test("musl has other libraries, whatever the loader misses first", () => {
    const message = "Error loading shared library ld-linux-x86-64.so.2: No such file or directory (needed by /x/dawn.node)";
    const { found, fix } = explainPackage(message, "ERR_DLOPEN_FAILED", { ...DEBIAN, glibc: undefined });
    expect(found).toContain("musl");
    expect(fix).toContain("node:22-bookworm-slim");
  });

  test("anything else is quoted by its first line", () => {
    expect(explainPackage("it is odd\n  at x", "", DEBIAN).found).toBe("it does not load: it is odd");
  });

  const binaries = ["linux-x64", "linux-arm64"].map((name) => `node_modules/webgpu/dist/${name}/dawn.node`);
  test.skipIf(!existsSync(binaries[0]!)).each(binaries)("%s needs what is told", (path) => {
    const names = readFileSync(path, "latin1").match(/\bGLIBC(XX)?_\d+\.\d+(\.\d+)?(?=\0)/g)!;
    const newest = (prefix: string) =>
      names
        .filter((name) => name.startsWith(prefix))
        .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
        .at(-1);
    expect(newest("GLIBC_")).toBe(`GLIBC_${NEEDED.glibc}`);
    expect(newest("GLIBCXX_")).toBe(NEEDED.libstdcxx);
  });
});

const NO_LOADER = `Warning: Couldn't load Vulkan: libvulkan.so.1: cannot open shared object file: No such file or directory
    at operator() (BackendVk.cpp:368)
`;
const NO_DRIVERS = `Warning: vkCreateInstance: Found no drivers!
Warning: vkCreateInstance failed with VK_ERROR_INCOMPATIBLE_DRIVER
    at CheckVkSuccessImpl (VulkanError.cpp:106)
`;
const noLibrary = (
  library: string,
  wanted = library,
) => `Warning: ${library}: cannot open shared object file: No such file or directory
Warning: loader_icd_scan: Failed loading library associated with ICD JSON ${wanted}. Ignoring this JSON
${NO_DRIVERS}`;
const REFUSED = `Warning: Vulkan shaderUniform*ArrayDynamicIndexing required.
 - While initializing adapter (backend=BackendType::Vulkan)
    at InitializeImpl (PhysicalDeviceVk.cpp:257)
`;
const NVIDIA_ICD = "/etc/vulkan/icd.d/nvidia_icd.json";

const BARE: VulkanFacts = {
  words: NO_DRIVERS,
  manifests: [],
  named: undefined,
  nvidia: false,
  migCards: [],
  renderNode: false,
  container: false,
  capabilities: undefined,
};
const whatOf = (facts: VulkanFacts) => explainVulkan(facts).map(({ what }) => what);

describe("why Linux gives no adapter", () => {
  test("no loader and no driver are told at once", () => {
    const facts = { ...BARE, words: NO_LOADER };
    expect(whatOf(facts)).toEqual(["Vulkan loader", "Vulkan driver"]);
    expect(explainVulkan(facts)[0]!.fix).toContain("apt-get install libvulkan1");
    expect(whatOf({ ...facts, manifests: [NVIDIA_ICD], nvidia: true })).toEqual(["Vulkan loader"]);
  });

  test("a machine that shows no GPU has nothing to fix; a container can be handed one", () => {
    expect(explainVulkan(BARE)).toEqual([
      { what: "Vulkan driver", found: "none, and no GPU is seen (/dev/nvidia0, /dev/dri)", fix: "" },
    ]);
    expect(explainVulkan({ ...BARE, container: true })[0]!.fix).toContain("--gpus all");
  });

  test("an NVIDIA card in a container without its driver lacks the graphics capability", () => {
    const [only, ...rest] = explainVulkan({ ...BARE, nvidia: true, container: true, capabilities: "compute,utility" });
    expect(rest).toEqual([]);
    expect(only!.found).toContain("nvidia_icd.json");
    expect(only!.fix).toContain("NVIDIA_DRIVER_CAPABILITIES=all (it is compute,utility)");
    // A driver for other cards does not change that.
    const mesa = { ...BARE, nvidia: true, container: true, manifests: ["/usr/share/vulkan/icd.d/lvp_icd.x86_64.json"] };
    expect(explainVulkan({ ...mesa, words: REFUSED })[0]!.fix).toContain("NVIDIA_DRIVER_CAPABILITIES=all, or graphics");
  });

  test("an NVIDIA card outside a container lacks a package", () => {
    expect(explainVulkan({ ...BARE, nvidia: true })[0]!.fix).toContain("libnvidia-gl-");
  });

  test("a kernel driver's device without a Vulkan driver lacks Mesa", () => {
    expect(explainVulkan({ ...BARE, renderNode: true })[0]!.fix).toContain("mesa-vulkan-drivers");
  });

  test("MIG is told by the card's name", () => {
    const facts = { ...BARE, words: NO_DRIVERS, manifests: [NVIDIA_ICD], nvidia: true, migCards: ["NVIDIA H100 80GB HBM3"] };
    expect(whatOf(facts)).toEqual(["NVIDIA MIG"]);
    expect(explainVulkan(facts)[0]).toMatchObject({
      found: expect.stringContaining("NVIDIA H100 80GB HBM3"),
      fix: expect.stringContaining("nvidia-smi -mig 0"),
    });
  });

  test("a driver's library that is missing is named, and whose it is decides the fix", () => {
    const facts = { ...BARE, manifests: [NVIDIA_ICD], nvidia: true, container: true };
    const own = explainVulkan({ ...facts, words: noLibrary("libGLX_nvidia.so.0") })[0]!;
    expect(own.found).toBe("libGLX_nvidia.so.0, which a driver needs, is not there");
    expect(own.fix).toContain("NVIDIA_DRIVER_CAPABILITIES");
    expect(explainVulkan({ ...facts, container: false, words: noLibrary("libGLX_nvidia.so.0") })[0]!.fix).toContain(
      "libnvidia-gl-",
    );
    const x11 = explainVulkan({ ...facts, words: noLibrary("libXext.so.6", "libGLX_nvidia.so.0") })[0]!;
    expect(x11.found).toContain("libXext.so.6");
    expect(x11.fix).toContain("libxext6");
    expect(explainVulkan({ ...facts, words: noLibrary("/opt/x/libvulkan_y.so") })[0]!.fix).toContain("manifest");
  });

  test("a variable that names nothing is named", () => {
    const named = { variable: "VK_DRIVER_FILES", value: "/gone.json" };
    expect(explainVulkan({ ...BARE, named, nvidia: true })).toEqual([
      {
        what: "Vulkan driver",
        found: "VK_DRIVER_FILES names /gone.json, where no driver's manifest is",
        fix: "correct or unset VK_DRIVER_FILES",
      },
    ]);
  });

  test("a driver that Dawn refuses is told in Dawn's words", () => {
    const facts = { ...BARE, words: REFUSED, manifests: ["/usr/share/vulkan/icd.d/lvp_icd.x86_64.json"] };
    const [only] = explainVulkan(facts);
    expect(only!.found).toBe("Dawn refuses a driver that is there: Vulkan shaderUniform*ArrayDynamicIndexing required.");
    expect(only!.fix).toContain("lavapipe");
  });

  test("a driver that gives nothing and says nothing known is told with the first words", () => {
    const facts = { ...BARE, words: "noise\nWarning: something odd\n", manifests: [NVIDIA_ICD], nvidia: true };
    expect(explainVulkan(facts)[0]!.found).toBe(`${NVIDIA_ICD} is there and gives no adapter: something odd`);
    expect(explainVulkan({ ...facts, words: "" })[0]!.found).toBe(`${NVIDIA_ICD} is there and gives no adapter`);
  });
});

test.each([
  ["google", "swiftshader", "", "SwiftShader driver 5.0.0", false, true],
  ["mesa", "", "llvmpipe-llvm-19-1-7-256-bits", "Mesa 25.0.7", false, true],
  ["unknown", "", "", "", true, true],
  ["nvidia", "hopper", "nvidia-h200", "NVIDIA: 570.00", false, false],
])("%s %s %s %s: fallback %s is software %s", (vendor, architecture, device, description, isFallback, software) => {
  expect(isSoftware({ vendor, architecture, device, description, isFallback })).toBe(software);
});

test("an adapter is named by its card and driver, or by what is known of them", () => {
  const info = { vendor: "nvidia", architecture: "hopper", device: "nvidia-h200", description: "NVIDIA: 570.00" };
  expect(adapterName(info)).toBe("nvidia-h200 (NVIDIA: 570.00)");
  expect(adapterName({ ...info, device: "" })).toBe("nvidia hopper (NVIDIA: 570.00)");
  expect(adapterName({ ...info, description: "" })).toBe("nvidia-h200");
  expect(adapterName({ ...info, vendor: "", architecture: "", device: "" })).toBe("NVIDIA: 570.00");
  expect(adapterName({ vendor: "", architecture: "", device: "", description: "" })).toBe("an adapter without a name");
});
