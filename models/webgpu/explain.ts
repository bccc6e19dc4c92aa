/** What the package `webgpu` came to when it was asked for an adapter. */
export type Probe =
  | { readonly state: "no package"; readonly message: string; readonly code: string }
  /** Its process died or did not end. */
  | { readonly state: "crashed"; readonly how: string }
  | { readonly state: "failed"; readonly message: string }
  | { readonly state: "no adapter" }
  | { readonly state: "no device"; readonly adapter: Adapter; readonly message: string }
  | { readonly state: "adapter"; readonly adapter: Adapter };

export interface Adapter {
  readonly vendor: string;
  readonly architecture: string;
  /** The card; the driver. Either may be empty. */
  readonly device: string;
  readonly description: string;
  /** The adapter's own word for "in software". */
  readonly isFallback: boolean;
  readonly features: readonly string[];
  /** Of the specification, by its names; bytes or counts. */
  readonly limits: Readonly<Record<string, number>>;
}

type AdapterInfo = Omit<Adapter, "features" | "limits">;

/** The machine, as far as it decides whether the package's binary loads. */
export interface System {
  /** As in `linux-x64`. */
  readonly platform: string;
  /** Version of the C library; undefined where it is not glibc. */
  readonly glibc: string | undefined;
}

/** What Linux shows of GPUs and Vulkan drivers. */
export interface VulkanFacts {
  /** What Dawn and Vulkan's loader wrote while they looked for an adapter. */
  readonly words: string;
  /** Manifests of drivers that are there, by path. */
  readonly manifests: readonly string[];
  /** The variable that names drivers in place of the usual folders, and its value. */
  readonly named: { readonly variable: string; readonly value: string } | undefined;
  /** Whether a device of NVIDIA's kernel driver is there. */
  readonly nvidia: boolean;
  /** NVIDIA cards in MIG mode, by name. */
  readonly migCards: readonly string[];
  /** Whether a device of the kernel's own graphics drivers is there (AMD, Intel and others). */
  readonly renderNode: boolean;
  readonly container: boolean;
  /** Value of NVIDIA_DRIVER_CAPABILITIES. */
  readonly capabilities: string | undefined;
}

/** Something that is in the way, and what to do. Nothing is needed to train on `wasm`. */
export interface Obstacle {
  readonly what: string;
  readonly found: string;
  readonly fix: string;
}

/** What the Linux binaries of webgpu 0.6.2 need, by the symbol versions in them (`readelf -V dawn.node`). */
export const NEEDED = { glibc: "2.34", libstdcxx: "GLIBCXX_3.4.30" } as const;
const INSTALL = "npm install webgpu@0.6.2";
const NEWER_LINUX = "use a newer Linux: Debian 12, Ubuntu 22.04 or later have both";
/** npm `webgpu` has binaries for these. */
const PLATFORMS = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "win32-x64", "win32-arm64"];

/** Why the package or its binary does not load. @param message the loader's */
export function explainPackage(message: string, code: string, { platform, glibc }: System): Omit<Obstacle, "what"> {
  const missing = code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
  if (missing && /'webgpu'/.test(message)) return { found: "not installed", fix: INSTALL };
  if (!PLATFORMS.includes(platform))
    return { found: `it has no binary for ${platform}`, fix: `it has them for ${PLATFORMS.join(", ")}` };
  if (missing) return { found: `its binary for ${platform} is not there`, fix: `${INSTALL} again` };
  if (platform.startsWith("linux") && glibc === undefined)
    return {
      found: "its binary is for glibc, and this system has another C library (musl, as in Alpine)",
      fix: "use a system with glibc, for a container node:22-bookworm-slim in place of node:22-alpine",
    };
  if (/GLIBC_[\d.]+'? not found/.test(message))
    return { found: `its binary needs glibc ${NEEDED.glibc} or newer, this system has ${glibc}`, fix: NEWER_LINUX };
  if (/GLIBCXX_[\d.]+'? not found/.test(message))
    return {
      found: `its binary needs libstdc++ with ${NEEDED.libstdcxx} (GCC 12), which this system's lacks`,
      fix: NEWER_LINUX,
    };
  const [first = ""] = message.split("\n");
  return { found: `it does not load: ${first}`, fix: `${INSTALL} again, or leave it out` };
}

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|software|basic render/i;

/** Whether the CPU computes in place of a GPU. */
export function isSoftware({ vendor, architecture, device, description, isFallback }: AdapterInfo): boolean {
  return isFallback || SOFTWARE.test(`${vendor} ${architecture} ${device} ${description}`);
}

/** An adapter's name: the card and, in parentheses, its driver. */
export function adapterName({ vendor, architecture, device, description }: Omit<AdapterInfo, "isFallback">): string {
  const kind = [vendor, architecture].filter((word) => word !== "").join(" ");
  const card = device || kind;
  if (card && description) return `${card} (${description})`;
  return card || description || "an adapter without a name";
}

/** All that keeps Dawn from an adapter on Linux, as far as can be seen; never empty. */
export function explainVulkan(facts: VulkanFacts): readonly Obstacle[] {
  const found = [explainLoader(facts), explainMig(facts), explainDriver(facts)].filter((entry) => entry !== undefined);
  if (found.length > 0) return found;
  const words = firstWarning(facts.words);
  const names = facts.manifests.join(", ");
  return [
    {
      what: "Vulkan driver",
      found: `${names || "a driver"} is there and gives no adapter${words && `: ${words}`}`,
      fix: "see whether vulkaninfo --summary shows the card; update the driver",
    },
  ];
}

function explainLoader({ words }: VulkanFacts): Obstacle | undefined {
  if (!/libvulkan\.so\.1: cannot open/.test(words)) return undefined;
  const fix = "apt-get install libvulkan1 (Debian, Ubuntu) or dnf install vulkan-loader (Fedora, RHEL)";
  return { what: "Vulkan loader", found: "libvulkan.so.1 is not there", fix };
}

function explainMig({ migCards }: VulkanFacts): Obstacle | undefined {
  if (migCards.length === 0) return undefined;
  return {
    what: "NVIDIA MIG",
    found: `MIG is on (${migCards.join(", ")}): its slices run CUDA and no Vulkan`,
    fix: "take a card that is not in MIG mode, or as its administrator switch that off: nvidia-smi -mig 0",
  };
}

function explainDriver(facts: VulkanFacts): Obstacle | undefined {
  const what = "Vulkan driver";
  const { words, manifests, named, nvidia } = facts;
  if (named && manifests.length === 0)
    return {
      what,
      found: `${named.variable} names ${named.value}, where no driver's manifest is`,
      fix: `correct or unset ${named.variable}`,
    };
  const library = /(\S+\.so[\w.]*): cannot open shared object file/.exec(words.replaceAll(/\S*libvulkan\.so\.1:.*/g, ""))?.[1];
  if (library) return { what, found: `${library}, which a driver needs, is not there`, fix: libraryFix(library, facts) };
  if (nvidia && !named && !manifests.some((path) => /nvidia/i.test(path)))
    return { what, found: "an NVIDIA card is there, its Vulkan driver (nvidia_icd.json) is not", fix: nvidiaFix(facts) };
  const refused = /Warning: (.*)\n - While initializing adapter/.exec(words)?.[1];
  if (refused)
    return {
      what,
      found: `Dawn refuses a driver that is there: ${refused}`,
      fix: "install the card's own driver; Mesa's software driver (lavapipe) of Debian 12 is too old",
    };
  return manifests.length > 0 ? undefined : { what, ...noDriver(facts) };
}

function noDriver({ renderNode, container }: VulkanFacts): Omit<Obstacle, "what"> {
  if (renderNode)
    return {
      found: "a GPU is there (/dev/dri), and no Vulkan driver",
      fix: "for AMD and Intel: apt-get install mesa-vulkan-drivers",
    };
  const fix = container
    ? "hand the GPU to the container: docker run --gpus all -e NVIDIA_DRIVER_CAPABILITIES=all (NVIDIA) or --device /dev/dri"
    : "";
  return { found: "none, and no GPU is seen (/dev/nvidia0, /dev/dri)", fix };
}

function nvidiaFix({ container, capabilities }: VulkanFacts): string {
  if (!container)
    return "install the Vulkan part of the same driver version: libnvidia-gl-VERSION (Ubuntu), nvidia-vulkan-icd (Debian)";
  const now = capabilities === undefined ? "" : ` (it is ${capabilities})`;
  return `start the container with NVIDIA_DRIVER_CAPABILITIES=all${now}, or graphics,compute,utility, by an NVIDIA Container Toolkit of 1.12 or newer`;
}

function libraryFix(library: string, facts: VulkanFacts): string {
  if (/lib(X11|Xext|xcb|EGL|GLX|GL)\.so/.test(library))
    return "apt-get install libxext6 libegl1: NVIDIA's driver needs them without a screen too";
  if (/nvidia/i.test(library)) return nvidiaFix(facts);
  return "install the driver again, or remove its manifest";
}

function firstWarning(words: string): string {
  return /^Warning: (.*)$/m.exec(words)?.[1] ?? "";
}
