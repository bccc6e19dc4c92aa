import {
  type Adapter,
  adapterName,
  explainPackage,
  explainVulkan,
  isSoftware,
  type Obstacle,
} from "../models/webgpu/explain.js";
import type { Finding } from "./finding.js";
import type { GpuFacts } from "./webgpu-facts.js";

const PACKAGE = "webgpu";
const ADAPTER = "WebGPU adapter";

/** What doctor says of GPUs: the adapter that `--device webgpu` takes, or what stands in the way of one. */
export function webgpuFindings({ system, probe, vulkan }: GpuFacts): readonly Finding[] {
  switch (probe.state) {
    case "no package":
      return [missing({ what: PACKAGE, ...explainPackage(probe.message, probe.code, system) })];
    case "crashed":
      return [missing({ what: ADAPTER, found: `looking for one ends badly: ${probe.how}`, fix: OTHER_DRIVER })];
    case "failed":
      return [missing({ what: ADAPTER, found: `looking for one fails: ${probe.message}`, fix: OTHER_DRIVER })];
    case "no device":
      return [
        missing({ what: ADAPTER, found: `${adapterName(probe.adapter)} makes no device: ${probe.message}`, fix: OTHER_DRIVER }),
      ];
    case "no adapter": {
      if (!vulkan) return [missing({ what: ADAPTER, found: "none", fix: "update the graphics driver" })];
      return [
        { what: ADAPTER, found: "none", state: "missing", fix: "see the next lines" },
        ...explainVulkan(vulkan).map(missing),
      ];
    }
    case "adapter": {
      const software = isSoftware(probe.adapter);
      const found: Finding = {
        what: ADAPTER,
        found: `--device webgpu takes it: ${describe(probe.adapter)}`,
        state: "ok",
        fix: "",
      };
      return [found, ...(software && vulkan?.nvidia ? explainVulkan(vulkan).map(missing) : [])];
    }
  }
}

const OTHER_DRIVER =
  "update the driver, see whether vulkaninfo --summary works, or name another driver's manifest by VK_DRIVER_FILES";

function missing({ what, found, fix }: Obstacle): Finding {
  return { what, found, state: "missing", fix: fix && `only for --device webgpu: ${fix}` };
}

/** Features that make training faster or measurable. */
const FEATURES = ["subgroups", "shader-f16", "timestamp-query"];

function describe(adapter: Adapter): string {
  const { features, limits } = adapter;
  const has = FEATURES.filter((name) => features.includes(name));
  const parts = [
    adapterName(adapter),
    `buffers of ${bytes(limits["maxBufferSize"])}, ${bytes(limits["maxStorageBufferBindingSize"])} bound at once`,
    `${bytes(limits["maxComputeWorkgroupStorageSize"])} of workgroup memory`,
    has.length > 0 ? has.join(", ") : "no optional features",
  ];
  const slow = isSoftware(adapter) ? "; computed by the CPU, slow: for checks only" : "";
  return `${parts.join("; ")}${slow}`;
}

function bytes(count = 0): string {
  const units = ["bytes", "KiB", "MiB", "GiB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, count)) / 10));
  return `${Math.round((count / 1024 ** power) * 10) / 10} ${units[power]}`;
}
