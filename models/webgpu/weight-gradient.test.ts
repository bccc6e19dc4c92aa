import { afterAll, describe, expect, test } from "vitest";
import { backward, forward, relativeL2 } from "../../reference/float64-update.js";
import { outputColumns, randomParams, randomRows, runKernel, type TestBuffer } from "../../test/support/network-on-gpu.js";
import { findGpu } from "../../test/support/swiftshader.js";
import { type AgentPlan, type NetworkSpec, planAgent } from "../spec.js";
import { backwardShader, forwardShader } from "./network-shader.js";
import { planRecords } from "./records.js";
import { planTile, tileDeclaration } from "./tile.js";
import { planWeightGradient, weightGradientShader } from "./weight-gradient.js";

const gpu = await findGpu();
afterAll(() => gpu?.dispose());

const NETWORKS = ["actor", "critic"] as const;
const WORKGROUPS = 2;
/** Tiles of a workgroup's slices: one slice is written, one added. */
const SLICES = [2, 1];
const TILES = 3;

/** A kernel that takes each workgroup's tiles through both networks and back and sums the gradient slice by slice. */
function gradientKernel(agent: AgentPlan): string {
  const tile = planTile(agent);
  const records = planRecords(agent);
  const load = (from: string, columns: number, also = "") => `
      workgroupBarrier();
      for (var i = lid; i < ${tile.samples * columns}u; i += ${tile.threads}u) {
        let value = ${from}[(base + i / ${columns}u) * ${columns}u + i % ${columns}u];
        tile[i / ${columns}u * ${tile.stride}u + i % ${columns}u] = value;
        ${also}
      }
      workgroupBarrier();`;
  const keepInput = `records[record_base + i / ${records.inputColumns}u * ${records.size}u + i % ${records.inputColumns}u] = value;`;
  const options = (which: (typeof NETWORKS)[number]) => {
    const offset = which === "actor" ? agent.actorOffset : agent.criticOffset;
    return { name: which, network: agent[which], offset, tile, keep: { records, which } };
  };
  const through = NETWORKS.map(
    (which) => `${load("inputs", records.inputColumns, keepInput)}
      ${which}_forward(lid);
      ${load(`${which}_slopes`, outputColumns(agent[which]))}
      ${which}_backward(lid);`,
  );
  const slice = (tiles: number, s: number) => `
    for (var t = 0u; t < ${tiles}u; t++) {
      record_base = slice + t * ${tile.samples * records.size}u;
      ${through.join("\n")}
      base += ${tile.samples}u;
    }
    workgroupBarrier();
    storageBarrier();
    add_weight_gradient(lid, slice, ${tiles * tile.samples}u, group.x * ${agent.parameterCount / 4}u, ${s === 0});
    workgroupBarrier();
    storageBarrier();`;
  return `var<private> record_base: u32;
${tileDeclaration(tile)}
${NETWORKS.map((which) => forwardShader(options(which)) + backwardShader(options(which))).join("\n")}
${weightGradientShader({ records, tile, plan: planWeightGradient(agent, records) })}
@compute @workgroup_size(${tile.threads}) fn main(@builtin(local_invocation_index) lid: u32, @builtin(workgroup_id) group: vec3u) {
  var base = group.x * ${TILES * tile.samples}u;
  let slice = group.x * ${Math.max(...SLICES) * tile.samples * records.size}u;
  ${SLICES.map(slice).join("\n")}
}`;
}

/** Gradients of two runs of the kernel, and the float64 one; junk lies in the inputs behind the actor's own. */
async function gradients(actorSpec: NetworkSpec, criticSpec: NetworkSpec) {
  const agent = planAgent(actorSpec, criticSpec, 3);
  const tile = planTile(agent);
  const records = planRecords(agent);
  const count = WORKGROUPS * TILES * tile.samples;
  const params = randomParams(agent, 1);
  const inputs = randomRows(count, Math.max(actorSpec.inputs, criticSpec.inputs), records.inputColumns, 2);
  const [actorSlopes, criticSlopes] = NETWORKS.map((which, i) =>
    randomRows(count, agent[which].spec.outputs, outputColumns(agent[which]), 3 + i),
  ) as [Float32Array<ArrayBuffer>, Float32Array<ArrayBuffer>];
  const read = (data: TestBuffer["data"], type = "array<vec4f>"): TestBuffer => ({ type, access: "read", data });
  const written = (length: number): TestBuffer => ({
    type: "array<vec4f>",
    access: "read_write",
    data: new Float32Array(length).fill(7),
  });
  const runs = await runKernel(
    gpu!,
    gradientKernel(agent),
    {
      params: read(params),
      inputs: read(inputs),
      actor_slopes: read(actorSlopes),
      critic_slopes: read(criticSlopes),
      jobs: read(planWeightGradient(agent, records).jobs, "array<u32>"),
      records: written(WORKGROUPS * Math.max(...SLICES) * tile.samples * records.size * 4),
      partials: written(WORKGROUPS * agent.parameterCount),
    },
    WORKGROUPS,
    2,
  );
  const wide = Float64Array.from(params);
  const want = Array.from({ length: WORKGROUPS }, () => new Float64Array(agent.parameterCount));
  for (let s = 0; s < count; s++) {
    const row = inputs.subarray(s * records.inputColumns * 4, (s + 1) * records.inputColumns * 4);
    const into = want[Math.floor(s / (TILES * tile.samples))]!;
    for (const [which, slopes, offset] of [
      ["actor", actorSlopes, agent.actorOffset],
      ["critic", criticSlopes, agent.criticOffset],
    ] as const) {
      const width = outputColumns(agent[which]) * 4;
      const slope = [...slopes.subarray(s * width, s * width + agent[which].spec.outputs)];
      backward(agent[which], wide, offset, forward(agent[which], wide, offset, row), slope, into);
    }
  }
  const got = Array.from({ length: WORKGROUPS }, (_, w) =>
    runs[0]!.partials.slice(w * agent.parameterCount, (w + 1) * agent.parameterCount),
  );
  return { agent, runs, got, want };
}

/** Which floats of the parameter vector belong to a tensor's used part. */
function usedOf({ tensors, parameterCount }: AgentPlan): readonly boolean[] {
  const used = new Array<boolean>(parameterCount).fill(false);
  for (const { offset, shape, used: part } of tensors) {
    const [rows, columns] = part.length === 2 ? [part[0]!, part[1]!] : [1, part[0]!];
    for (let k = 0; k < rows; k++) used.fill(true, offset + k * shape.at(-1)!, offset + k * shape.at(-1)! + columns);
  }
  return used;
}

describe.skipIf(!gpu)("the weight gradient", () => {
  test.each<[string, NetworkSpec, NetworkSpec]>([
    [
      "a wide critic input and odd widths",
      { inputs: 5, hidden: [13, 9], outputs: 3, activation: "tanh" },
      { inputs: 19, hidden: [10], outputs: 1, activation: "relu" },
    ],
    [
      "a linear actor and a critic of four layers",
      { inputs: 9, hidden: [], outputs: 14, activation: "tanh" },
      { inputs: 9, hidden: [6, 33, 7, 5], outputs: 1, activation: "tanh" },
    ],
  ])("with %s is that of float64, slice by slice, 0 in the padding, twice the same bits", async (_, actor, critic) => {
    const { agent, runs, got, want } = await gradients(actor, critic);
    const used = usedOf(agent);
    got.forEach((gradient, w) => {
      // The free vector is not this kernel's: it stays as it was.
      expect(gradient.slice(agent.freeOffset)).toEqual(new Float32Array(4).fill(7));
      const networks = gradient.subarray(0, agent.freeOffset);
      // Float32 sums over a few layers and a hundred samples.
      expect(relativeL2(networks, want[w]!.subarray(0, agent.freeOffset))).toBeLessThan(1e-5);
      for (const { name, offset, shape } of agent.tensors.slice(0, -1)) {
        const part = [offset, offset + shape.reduce((a, b) => a * b, 1)] as const;
        expect(relativeL2(gradient.slice(...part), want[w]!.slice(...part)), name).toBeLessThan(1e-5);
      }
      networks.forEach((value, i) => {
        if (!used[i]) expect(value).toBe(0);
      });
    });
    expect(new Uint32Array(runs[1]!.partials.buffer)).toEqual(new Uint32Array(runs[0]!.partials.buffer));
    expect(new Uint32Array(runs[1]!.records.buffer)).toEqual(new Uint32Array(runs[0]!.records.buffer));
  });
});

test("the jobs cover each weight's row and column, and each bias, once", () => {
  const agent = planAgent(
    { inputs: 17, hidden: [8, 30], outputs: 2, activation: "tanh" },
    { inputs: 40, hidden: [12], outputs: 1, activation: "tanh" },
    2,
  );
  const { jobs, count, wordsPerJob } = planWeightGradient(agent, planRecords(agent));
  expect(jobs.length).toBe(count * wordsPerJob);
  const times = new Array<number>(agent.parameterCount).fill(0);
  for (let job = 0; job < count; job++) {
    const [, , weight, across, rows, columns, bias] = jobs.subarray(job * wordsPerJob) as unknown as number[];
    for (let j = 0; j < columns!; j++) {
      for (let r = 0; r < rows!; r++) times[(weight! + r * across!) * 4 + j]!++;
      if (bias !== 0xffff_ffff) times[bias! * 4 + j]!++;
    }
  }
  const used = usedOf(agent).map((each, i) => (each && i < agent.freeOffset ? 1 : 0));
  expect(times).toEqual(used);
});
