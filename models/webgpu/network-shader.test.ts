import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { forward, relativeL2 } from "../../reference/float64-update.js";
import { outputColumns, randomParams, randomRows, runKernel } from "../../test/support/network-on-gpu.js";
import { findGpu } from "../../test/support/swiftshader.js";
import { type NetworkSpec, planAgent } from "../spec.js";
import { forwardShader, TANH } from "./network-shader.js";
import { planTile, tileDeclaration } from "./tile.js";

const gpu = await findGpu();
afterAll(() => gpu?.dispose());

/** Two workgroups take a tile each through the critic, which lies behind another network in the parameters. */
async function outputsOf(spec: NetworkSpec) {
  const agent = planAgent({ inputs: 3, hidden: [], outputs: 2, activation: "tanh" }, spec, 0);
  const tile = planTile(agent);
  const columns = agent.critic.layers[0]!.paddedInputs / 4;
  const across = outputColumns(agent.critic);
  const count = 2 * tile.samples;
  const params = randomParams(agent, 1);
  const inputs = randomRows(count, spec.inputs, columns, 2);
  const code = `${tileDeclaration(tile)}
${forwardShader({ name: "critic", network: agent.critic, offset: agent.criticOffset, tile })}
@compute @workgroup_size(${tile.threads}) fn main(@builtin(local_invocation_index) lid: u32, @builtin(workgroup_id) group: vec3u) {
  let base = group.x * ${tile.samples}u;
  for (var i = lid; i < ${tile.samples * columns}u; i += ${tile.threads}u) {
    tile[i / ${columns}u * ${tile.stride}u + i % ${columns}u] = inputs[base * ${columns}u + i];
  }
  workgroupBarrier();
  critic_forward(lid);
  for (var i = lid; i < ${tile.samples * across}u; i += ${tile.threads}u) {
    outputs[base * ${across}u + i] = tile[i / ${across}u * ${tile.stride}u + i % ${across}u];
  }
}`;
  const type = "array<vec4f>";
  const runs = await runKernel(
    gpu!,
    code,
    {
      params: { type, access: "read", data: params },
      inputs: { type, access: "read", data: inputs },
      outputs: { type, access: "read_write", data: new Float32Array(count * across * 4).fill(7) },
    },
    2,
    2,
  );
  const wide = Float64Array.from(params);
  const want = Array.from({ length: count }, (_, s) => {
    const row = inputs.subarray(s * columns * 4, (s + 1) * columns * 4);
    const outputs = forward(agent.critic, wide, agent.criticOffset, row).at(-1)!;
    return [...outputs, ...new Array(across * 4 - outputs.length).fill(0)];
  }).flat();
  return { got: runs[0]!.outputs, again: runs[1]!.outputs, want };
}

describe.skipIf(!gpu)("forward", () => {
  test.each<[string, NetworkSpec]>([
    ["a linear map", { inputs: 6, hidden: [], outputs: 3, activation: "tanh" }],
    ["one hidden layer", { inputs: 10, hidden: [13], outputs: 1, activation: "relu" }],
    ["two hidden layers", { inputs: 21, hidden: [64, 64], outputs: 5, activation: "tanh" }],
    ["four hidden layers narrower than the input", { inputs: 90, hidden: [18, 9, 40, 3], outputs: 9, activation: "tanh" }],
    ["a hidden layer of 512", { inputs: 7, hidden: [512], outputs: 2, activation: "relu" }],
  ])("of %s is that of float64, with zeros in the padding, twice the same bits", async (_, spec) => {
    const { got, again, want } = await outputsOf(spec);
    // Float32 sums of a few hundred terms, and a tanh within 5e-7.
    expect(relativeL2(got, want)).toBeLessThan(2e-6);
    want.forEach((value, i) => {
      if (value === 0) expect(got[i]).toBe(0);
    });
    expect(new Uint32Array(again.buffer)).toEqual(new Uint32Array(got.buffer));
  });
});

test("tanh has the coefficients of the WebAssembly kernels", () => {
  const source = readFileSync(join(import.meta.dirname, "../wasm/assembly/activation.ts"), "utf8");
  const tanh = source.slice(source.indexOf("function tanh"), source.indexOf("function relu"));
  const numbers = [...tanh.matchAll(/splat\((-?[\d.e-]+)\)/g)].map(([, number]) => Number(number));
  expect(numbers.sort()).toEqual([-TANH.bound, TANH.bound, ...TANH.above, ...TANH.below].sort());
});
