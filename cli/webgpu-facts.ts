import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Probe, System, VulkanFacts } from "../models/webgpu/explain.js";

/** What is asked of the machine; tests put another in its place. */
export interface Machine {
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly glibc: () => string | undefined;
  readonly exists: (path: string) => boolean;
  /** Names in a folder, or undefined where `path` is none. */
  readonly list: (path: string) => readonly string[] | undefined;
  /** Runs a program to its end, or kills it after `seconds`. */
  readonly run: (file: string, args: readonly string[], seconds: number) => Promise<Ended>;
}

export interface Ended {
  readonly out: string;
  readonly err: string;
  /** How it ended if not by exit code 0. */
  readonly failure: string | undefined;
}

export interface GpuFacts {
  readonly system: System;
  readonly probe: Probe;
  /** On Linux only. */
  readonly vulkan: VulkanFacts | undefined;
}

/** Drivers may compile at their first start; a machine that needs longer has one that hangs. */
const PROBE_SECONDS = 30;

/**
 * Asks a child process for an adapter: a driver that crashes, hangs or complains on the terminal does so there. Never rejects.
 */
export async function probeAdapter(machine: Machine = thisMachine()): Promise<Probe> {
  return readProbe(await runProbe(machine));
}

function runProbe(machine: Machine): Promise<Ended> {
  return machine.run(process.execPath, [fileURLToPath(new URL("./webgpu-probe.js", import.meta.url))], PROBE_SECONDS);
}

/** Asks a child process for an adapter and the machine for its GPUs and Vulkan drivers. Never rejects. */
export async function gatherGpuFacts(machine: Machine = thisMachine()): Promise<GpuFacts> {
  const ended = await runProbe(machine);
  const system = { platform: machine.platform, glibc: machine.glibc() };
  const vulkan = machine.platform.startsWith("linux") ? await gatherVulkan(machine, ended.err) : undefined;
  return { system, probe: readProbe(ended), vulkan };
}

/** The child's last line. A process that dies once it has written it has still found what it found. */
function readProbe({ out, err, failure }: Ended): Probe {
  try {
    return JSON.parse(out.trimEnd().split("\n").at(-1) ?? "");
  } catch {
    const [first = ""] = err.split("\n");
    return { state: "crashed", how: failure ?? `it wrote nothing to read: ${first}` };
  }
}

/** Where Vulkan's loader looks for manifests. */
function driverFolders({ env }: Machine): readonly string[] {
  const own = env["HOME"] ? [join(env["HOME"], ".local/share")] : [];
  const shared = (env["XDG_DATA_DIRS"] ?? "").split(":").filter((path) => path !== "");
  const folders = ["/usr/local/etc", "/usr/local/share", "/etc", "/usr/share", ...shared, ...own];
  return [...new Set(folders.map((path) => join(path, "vulkan/icd.d")))];
}

async function gatherVulkan(machine: Machine, words: string): Promise<VulkanFacts> {
  const { env, exists, list } = machine;
  // The loader takes the newer name where both are set.
  const variable = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"].find((name) => env[name]);
  const named = variable ? { variable, value: env[variable]! } : undefined;
  const nvidia = (list("/dev") ?? []).some((name) => /^nvidia\d+$/.test(name)) || exists("/proc/driver/nvidia/version");
  return {
    words,
    manifests: (named ? named.value.split(":") : driverFolders(machine)).flatMap((path) => manifestsAt(machine, path)),
    named,
    nvidia,
    migCards: nvidia ? await migCards(machine) : [],
    renderNode: (list("/dev/dri") ?? []).some((name) => name.startsWith("renderD")),
    container: exists("/.dockerenv") || exists("/run/.containerenv") || env["KUBERNETES_SERVICE_HOST"] !== undefined,
    capabilities: env["NVIDIA_DRIVER_CAPABILITIES"],
  };
}

/** @param path of a manifest or a folder of them */
function manifestsAt({ exists, list }: Machine, path: string): readonly string[] {
  const names = list(path);
  if (names) return names.filter((name) => name.endsWith(".json")).map((name) => join(path, name));
  return exists(path) ? [path] : [];
}

async function migCards({ run }: Machine): Promise<readonly string[]> {
  const { out, failure } = await run("nvidia-smi", ["--query-gpu=name,mig.mode.current", "--format=csv,noheader"], 10);
  if (failure) return [];
  return out.split("\n").flatMap((line) => /^(.*), Enabled$/.exec(line.trim())?.[1] ?? []);
}

function thisMachine(): Machine {
  return {
    platform: `${process.platform}-${process.arch}`,
    env: process.env,
    glibc: () => (process.report.getReport() as { header?: { glibcVersionRuntime?: string } }).header?.glibcVersionRuntime,
    exists: existsSync,
    list: namesIn,
    run: runToItsEnd,
  };
}

function namesIn(path: string): readonly string[] | undefined {
  try {
    return readdirSync(path);
  } catch {
    // Not there, no folder, or not for this user's eyes.
    return undefined;
  }
}

function runToItsEnd(file: string, args: readonly string[], seconds: number): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(file, args, { timeout: seconds * 1000, killSignal: "SIGKILL" }, (error, out, err) => {
      const how = error?.killed
        ? `no answer in ${seconds} s`
        : error?.signal
          ? `ended by ${error.signal}`
          : error?.message.split("\n")[0];
      resolve({ out, err, failure: how });
    });
  });
}
