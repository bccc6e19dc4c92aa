/** A buffer as a shader sees it. */
export interface Binding {
  /** Name of the variable in the shader. */
  readonly name: string;
  /** WGSL type, for example `array<vec4f>`. */
  readonly type: string;
  readonly access: "read" | "read_write" | "uniform";
  readonly buffer: GPUBuffer;
  /** Of a uniform that is one of several in its buffer: bytes seen; each dispatch says where they begin (multiples of 256). */
  readonly dynamicBytes?: number;
}

interface KernelSource {
  readonly label: string;
  /** In the order of their binding numbers. At most 8 storage buffers, the least that every adapter has. */
  readonly bindings: readonly Binding[];
  /** WGSL without the variables of `bindings`; its entry point is `main`. */
  readonly code: string;
}

/** A compiled shader with its buffers. */
export interface Kernel {
  readonly label: string;
  /** Adds a dispatch of `x` times `y` workgroups. @param offset of the dynamic uniform, in bytes */
  readonly dispatch: (pass: GPUComputePassEncoder, x: number, y?: number, offset?: number) => void;
}

const COMPUTE_STAGE = 4;
const BUFFER_TYPES = { read: "read-only-storage", read_write: "storage", uniform: "uniform" } as const;
const ADDRESS_SPACES = { read: "storage, read", read_write: "storage, read_write", uniform: "uniform" } as const;

/** The whole text of a shader: its bindings in group 0, then its code. */
export function shaderText({
  bindings,
  code,
}: {
  readonly bindings: readonly Omit<Binding, "buffer">[];
  readonly code: string;
}): string {
  const variables = bindings.map(
    ({ name, type, access }, i) => `@group(0) @binding(${i}) var<${ADDRESS_SPACES[access]}> ${name}: ${type};`,
  );
  return `${variables.join("\n")}\n${code}`;
}

/** A module that is refused makes no rejection, but an error of the device. */
async function createModule(device: GPUDevice, source: KernelSource): Promise<GPUShaderModule> {
  device.pushErrorScope("validation");
  const module = device.createShaderModule({ label: source.label, code: shaderText(source) });
  const refused = await device.popErrorScope();
  if (refused) throw Object.assign(new Error(refused.message), { name: "GPUPipelineError" });
  return module;
}

/** @throws GPUPipelineError with the compiler's words where Dawn or the driver refuses the shader */
export async function createKernel(device: GPUDevice, source: KernelSource): Promise<Kernel> {
  const { label, bindings } = source;
  const bindGroupLayout = device.createBindGroupLayout({
    label,
    entries: bindings.map(({ access, dynamicBytes }, binding) => ({
      binding,
      visibility: COMPUTE_STAGE,
      buffer: { type: BUFFER_TYPES[access], hasDynamicOffset: dynamicBytes !== undefined },
    })),
  });
  const module = await createModule(device, source);
  const layout = device.createPipelineLayout({ label, bindGroupLayouts: [bindGroupLayout] });
  const pipeline = await device.createComputePipelineAsync({ label, layout, compute: { module, entryPoint: "main" } });
  const group = device.createBindGroup({
    label,
    layout: bindGroupLayout,
    entries: bindings.map(({ buffer, dynamicBytes }, binding) => ({
      binding,
      resource: dynamicBytes === undefined ? { buffer } : { buffer, size: dynamicBytes },
    })),
  });
  const isDynamic = bindings.some(({ dynamicBytes }) => dynamicBytes !== undefined);
  return {
    label,
    dispatch: (pass, x, y = 1, offset = 0) => {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group, isDynamic ? [offset] : []);
      pass.dispatchWorkgroups(x, y);
    },
  };
}
