import type { AgentPlan } from "../../../models/spec.js";
import { type Binding, createKernel, type Kernel } from "../../../models/webgpu/kernel.js";
import { adamShader, columnWorkgroups, reduceShader } from "../../../models/webgpu/optimizer-shader.js";
import { rolloutParts, rolloutShader } from "../../rollout/webgpu/rollout-shader.js";
import { deriveShader, mergeShader, sumLanesShader } from "../../rollout/webgpu/statistics-shader.js";
import type { LearnerPrograms } from "../programs.js";
import type { PpoOptions } from "../settings.js";
import { ADAM } from "../wasm/update.js";
import { gaeShader, storeShader } from "./advantages-shader.js";
import type { BufferName, GpuLayout } from "./gpu-layout.js";
import { gradientShader } from "./gradient-shader.js";
import { permuteShader } from "./permute-shader.js";

export type GpuBuffers = Readonly<Record<BufferName, GPUBuffer>>;

/** A rollout is one kernel, or three where the host goes through its steps. */
const KERNELS = ["gae", "store", "sumLanes", "merge", "derive", "permute", "gradient", "reduce", "adam"] as const;
const WHOLE = ["rollout"] as const;
const PARTS = ["decide", "advance", "finish"] as const;
type Label = (typeof KERNELS | typeof WHOLE | typeof PARTS)[number];

/** `loop`: what goes through the decisions and steps of a rollout. */
export type GpuKernels = Readonly<Record<(typeof KERNELS)[number], Kernel>> &
  (
    | ({ readonly loop: "device" } & Readonly<Record<(typeof WHOLE)[number], Kernel>>)
    | ({ readonly loop: "host" } & Readonly<Record<(typeof PARTS)[number], Kernel>>)
  );

interface KernelPlan {
  readonly programs: LearnerPrograms;
  readonly agent: AgentPlan;
  readonly layout: GpuLayout;
  readonly ppo: PpoOptions;
}

/** Compiles everything that a learner runs on a GPU, all at once. */
export async function createKernels(
  device: GPUDevice,
  buffers: GpuBuffers,
  plan: KernelPlan,
  loop: GpuKernels["loop"],
): Promise<GpuKernels> {
  const sources = kernelSources(plan);
  const bind = (names: readonly BufferVariable[]): readonly Binding[] =>
    names.map(([name, access, type]) => ({
      name: VARIABLES[name],
      type,
      access,
      buffer: buffers[name],
      ...(name === "steps" || name === "turns" ? { dynamicBytes: 16 } : {}),
    }));
  const labels: readonly Label[] = [...KERNELS, ...(loop === "device" ? WHOLE : PARTS)];
  const made = labels.map(async (label) => {
    const { bindings, code } = sources[label];
    return [label, await createKernel(device, { label, bindings: bind(bindings), code })] as const;
  });
  return { loop, ...Object.fromEntries(await Promise.all(made)) } as GpuKernels;
}

type BufferVariable = readonly [BufferName, Binding["access"], string];

/** What shaders call the buffers. */
export const VARIABLES: Readonly<Record<BufferName, string>> = {
  lanes: "lanes",
  control: "control_steps",
  stats: "stats",
  params: "params",
  firstMoment: "first_moment",
  secondMoment: "second_moment",
  samples: "samples",
  rows: "rows",
  laneSums: "lane_sums",
  sums: "sums",
  indices: "indices",
  advantageSums: "advantage_sums",
  records: "records",
  jobs: "jobs",
  partials: "partials",
  gradient: "gradient",
  norms: "norms",
  updateSums: "update_sums",
  steps: "step",
  turns: "turn",
  run: "run",
};

const FLOATS = "array<f32>";
const COLUMNS = "array<vec4f>";
const WORDS = "array<u32>";

interface Source {
  readonly bindings: readonly BufferVariable[];
  readonly code: string;
}

type Sources<Names extends Label> = Readonly<Record<Names, Source>>;

export const kernelSources = (plan: KernelPlan): Sources<Label> => ({
  ...rolloutSources(plan),
  ...sampleSources(plan),
  ...updateSources(plan),
});

function rolloutSources({ ppo, ...rest }: KernelPlan): Sources<(typeof WHOLE | typeof PARTS)[number]> {
  const rollout: readonly BufferVariable[] = [
    ["lanes", "read_write", WORDS],
    ["control", "read", WORDS],
    ["stats", "read", FLOATS],
    ["params", "read", COLUMNS],
    ["samples", "read_write", COLUMNS],
    ["rows", "read_write", FLOATS],
    ["laneSums", "read_write", FLOATS],
  ];
  const part: readonly BufferVariable[] = [...rollout, ["turns", "uniform", "vec4u"]];
  const plan = { ...rest, sizes: ppo };
  const parts = rolloutParts(plan);
  return {
    rollout: { bindings: rollout, code: rolloutShader(plan) },
    decide: { bindings: part, code: parts.decide },
    advance: { bindings: part, code: parts.advance },
    finish: { bindings: part, code: parts.finish },
  };
}

/** Advantages, statistics and the order of the samples. */
function sampleSources({
  programs,
  layout,
  ppo,
}: KernelPlan): Sources<"gae" | "store" | "sumLanes" | "merge" | "derive" | "permute"> {
  const { numInputs, numObservations, sampleStride, advantageColumn, sumRows, stats, permuteParts } = layout;
  const { numEnvs, numSteps, decisionInterval, numMinibatches } = ppo;
  const total = numEnvs * numSteps;
  const samples = { sampleStride, advantageColumn };
  return {
    gae: {
      bindings: [
        ["rows", "read_write", FLOATS],
        ["stats", "read", FLOATS],
        ["laneSums", "read_write", FLOATS],
      ],
      code: gaeShader({ ...ppo, gamma: ppo.gamma ** decisionInterval, step: programs.step, stats, rows: sumRows }),
    },
    store: {
      bindings: [
        ["rows", "read", FLOATS],
        ["samples", "read_write", FLOATS],
      ],
      code: storeShader({ ...ppo, ...samples }),
    },
    sumLanes: {
      bindings: [
        ["laneSums", "read", FLOATS],
        ["sums", "read_write", FLOATS],
      ],
      code: sumLanesShader({ numEnvs }),
    },
    merge: {
      bindings: [
        ["sums", "read", FLOATS],
        ["stats", "read_write", FLOATS],
      ],
      code: mergeShader({
        ...ppo,
        numInputs,
        numObservations,
        rows: sumRows,
        decisions: total,
        steps: total * decisionInterval,
      }),
    },
    derive: { bindings: [["stats", "read_write", FLOATS]], code: deriveShader({ ...ppo, numInputs, numObservations }) },
    permute: {
      bindings: [
        ["run", "uniform", "vec4u"],
        ["samples", "read", FLOATS],
        ["indices", "read_write", WORDS],
        ["advantageSums", "read_write", "array<vec2f>"],
      ],
      code: permuteShader({ ...ppo, ...samples, total, minibatchSize: total / numMinibatches, parts: permuteParts }),
    },
  };
}

function updateSources({ programs, agent, layout, ppo }: KernelPlan): Sources<"gradient" | "reduce" | "adam"> {
  const { stats, lossNames, partialCount, workgroups } = layout;
  const { parameterCount } = agent;
  return {
    gradient: {
      bindings: [
        ["steps", "uniform", "MinibatchStep"],
        ["params", "read", COLUMNS],
        ["samples", "read", COLUMNS],
        ["indices", "read", WORDS],
        ["advantageSums", "read", "array<vec2f>"],
        ["jobs", "read", WORDS],
        ["records", "read_write", COLUMNS],
        ["partials", "read_write", COLUMNS],
      ],
      code: gradientShader(programs, agent, layout, ppo),
    },
    reduce: {
      bindings: [
        ["partials", "read", COLUMNS],
        ["gradient", "read_write", COLUMNS],
        ["norms", "read_write", FLOATS],
      ],
      code: reduceShader({ count: partialCount, parameterCount, workgroups }),
    },
    adam: {
      bindings: [
        ["steps", "uniform", "Step"],
        ["gradient", "read", COLUMNS],
        ["norms", "read", FLOATS],
        ["stats", "read", FLOATS],
        ["params", "read_write", COLUMNS],
        ["firstMoment", "read_write", COLUMNS],
        ["secondMoment", "read_write", COLUMNS],
        ["updateSums", "read_write", FLOATS],
      ],
      code: adamShader({
        parameterCount,
        ...ADAM,
        epsilon: ppo.adamEpsilon,
        maxGradNorm: ppo.maxGradNorm,
        numNorms: columnWorkgroups(partialCount),
        numLossSums: lossNames.length,
        failedWord: stats.failed,
      }),
    },
  };
}
