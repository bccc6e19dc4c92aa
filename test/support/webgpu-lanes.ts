import type { Program } from "../../compiler/ir/program.js";
import { recordInfo } from "../../compiler/ir/record-info.js";
import { layoutRecord, type RecordBinding } from "../../compiler/schema.js";
import { COMMON_BINDING, emitWgsl, LANES_BINDING } from "../../compiler/wgsl/emit-wgsl.js";
import { planWords, type WordPlan } from "../../compiler/wgsl/word-plan.js";
import { UserError } from "../../core/errors.js";
import { type Gpu, MAP_READ, USAGE } from "../../models/webgpu/device.js";

type WordView = Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/** Any number of lanes of compiled programs in the memory of a GPU, with a copy of that memory on the host. */
export interface WgslLanes<Name extends string> {
  readonly capacity: number;
  /** The host's copy of a field: one value (uniform record) or element `lane` of it; counters and keys are u32. */
  readonly view: (record: string, field: string) => WordView;
  /** Host to device: all lane records, or those named. What all lanes share goes with every `run`. */
  readonly upload: (records?: readonly string[]) => void;
  /** Runs a program on all lanes. Runs and uploads take effect in their order, without waiting. */
  readonly run: (program: Name) => void;
  /** Device to host, all lane records, after everything before it. */
  readonly download: () => Promise<void>;
  readonly dispose: () => void;
}

/** Invocations of a workgroup. Few enough that a few hundred lanes use several cores. */
const WORKGROUP = 64;

/**
 * Compiles programs over the same records for a GPU. Each run is one dispatch.
 * @param numLanes lanes in memory
 * @throws UserError `E_WEBGPU_MEMORY` with the most lanes that fit into one buffer of the device
 * @throws GPUPipelineError with the compiler's words where the driver refuses a shader
 */
export async function createWgslLanes<Name extends string>(
  { device }: Gpu,
  records: readonly RecordBinding[],
  programs: Readonly<Record<Name, Program>>,
  numLanes: number,
): Promise<WgslLanes<Name>> {
  const stored = records.filter(({ kind }) => kind !== "scratch");
  const plan = planWords(stored.map(recordInfo), numLanes);
  checkSize(device, plan);
  const memory = allocate(device, plan);
  const pipelines = await compileAll(device, memory.layout, programs, plan);
  const bytesOf = (name: string) => {
    const binding = stored.find((record) => record.name === name && record.kind === "lane");
    if (!binding) throw new Error(`internal: no lane record ${name} in memory`);
    return [(plan.offsets.get(name) as number) * 4, layoutRecord(binding).size * numLanes * 4] as const;
  };
  return {
    capacity: numLanes,
    view: (record, field) => viewOf(stored, plan, memory, record, field),
    upload: (names) => {
      if (!names) device.queue.writeBuffer(memory.lanes, 0, memory.hostLanes);
      for (const name of names ?? []) {
        const [start, size] = bytesOf(name);
        device.queue.writeBuffer(memory.lanes, start, memory.hostLanes, start, size);
      }
    },
    run: (name) => {
      device.queue.writeBuffer(memory.common, 0, memory.hostCommon);
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipelines.get(name) as GPUComputePipeline);
      pass.setBindGroup(0, memory.group);
      pass.dispatchWorkgroups(Math.ceil(numLanes / WORKGROUP));
      pass.end();
      device.queue.submit([encoder.finish()]);
    },
    download: async () => {
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(memory.lanes, 0, memory.readBack, 0, memory.hostLanes.byteLength);
      device.queue.submit([encoder.finish()]);
      await memory.readBack.mapAsync(MAP_READ);
      new Uint8Array(memory.hostLanes).set(new Uint8Array(memory.readBack.getMappedRange()));
      memory.readBack.unmap();
    },
    dispose: () => {
      for (const buffer of [memory.lanes, memory.common, memory.readBack]) buffer.destroy();
    },
  };
}

function checkSize({ limits }: GPUDevice, { capacity, laneWords }: WordPlan): void {
  const most = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
  const bytes = laneWords * 4;
  if (bytes <= most) return;
  throw new UserError(
    "E_WEBGPU_MEMORY",
    `${capacity} environments take ${bytes} bytes, the device was opened for buffers of up to ${most}`,
    `at most ${Math.floor(most / (bytes / capacity))} environments fit; open it with a larger maxStorageBufferBindingSize and maxBufferSize, or use fewer`,
  );
}

interface LaneMemory {
  readonly lanes: GPUBuffer;
  readonly common: GPUBuffer;
  readonly readBack: GPUBuffer;
  readonly hostLanes: ArrayBuffer;
  readonly hostCommon: ArrayBuffer;
  readonly layout: GPUBindGroupLayout;
  readonly group: GPUBindGroup;
}

function allocate(device: GPUDevice, { laneWords, commonWords }: WordPlan): LaneMemory {
  // An empty buffer cannot be bound.
  const hostLanes = new ArrayBuffer(Math.max(1, laneWords) * 4);
  const hostCommon = new ArrayBuffer(Math.max(1, commonWords) * 4);
  const make = (size: number, usage: number) => device.createBuffer({ size, usage });
  const lanes = make(hostLanes.byteLength, USAGE.storage | USAGE.copySource | USAGE.copyTarget);
  const common = make(hostCommon.byteLength, USAGE.storage | USAGE.copyTarget);
  const readBack = make(hostLanes.byteLength, USAGE.mapRead | USAGE.copyTarget);
  const visibility = 4; // compute
  const layout = device.createBindGroupLayout({
    entries: [
      { binding: LANES_BINDING, visibility, buffer: { type: "storage" } },
      { binding: COMMON_BINDING, visibility, buffer: { type: "read-only-storage" } },
    ],
  });
  const group = device.createBindGroup({
    layout,
    entries: [
      { binding: LANES_BINDING, resource: { buffer: lanes } },
      { binding: COMMON_BINDING, resource: { buffer: common } },
    ],
  });
  return { lanes, common, readBack, hostLanes, hostCommon, layout, group };
}

async function compileAll<Name extends string>(
  device: GPUDevice,
  bindGroupLayout: GPUBindGroupLayout,
  programs: Readonly<Record<Name, Program>>,
  plan: WordPlan,
): Promise<ReadonlyMap<Name, GPUComputePipeline>> {
  const layout = device.createPipelineLayout({ bindGroupLayouts: [bindGroupLayout] });
  const made = Object.entries<Program>(programs).map(async ([name, program]) => {
    const module = device.createShaderModule({ label: program.name, code: emitWgsl(program, { plan, workgroup: WORKGROUP }) });
    return [
      name as Name,
      await device.createComputePipelineAsync({ label: program.name, layout, compute: { module } }),
    ] as const;
  });
  return new Map(await Promise.all(made));
}

function viewOf(
  records: readonly RecordBinding[],
  { capacity, offsets }: WordPlan,
  { hostLanes, hostCommon }: LaneMemory,
  name: string,
  field: string,
): WordView {
  const record = records.find((binding) => binding.name === name);
  const slot = record && layoutRecord(record).slots.get(field);
  if (slot === undefined) throw new Error(`internal: lanes store no ${name}.${field}`);
  const { length = 1, type = "float" } = record?.fields[field] ?? {};
  const stride = record?.kind === "lane" ? capacity : 1;
  const host = record?.kind === "lane" ? hostLanes : hostCommon;
  const start = ((offsets.get(name) as number) + slot * stride) * 4;
  return type === "float" ? new Float32Array(host, start, length * stride) : new Uint32Array(host, start, length * stride);
}
