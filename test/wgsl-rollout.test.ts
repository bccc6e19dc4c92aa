import { afterAll, describe, expect, test } from "vitest";
import { buildLanePrograms } from "../agents/rollout/programs.js";
import { recordInfo } from "../compiler/ir/record-info.js";
import { emitWgslFunction } from "../compiler/wgsl/emit-function.js";
import { WGSL_LIBRARY } from "../compiler/wgsl/library.js";
import { planWords } from "../compiler/wgsl/word-plan.js";
import { stream } from "../core/random.js";
import { parseLimits } from "../env/breakers/limits.js";
import { ringPositions } from "../env/lane/clock.js";
import { resolveParams, resolveWeights } from "../env/params.js";
import { findGpu } from "./support/swiftshader.js";
import { toyEconomy } from "./support/toy-economy.js";
import { createWgslLanes } from "./support/webgpu-lanes.js";
import { dispatch } from "./support/wgsl-run.js";

const gpu = await findGpu();
afterAll(() => gpu?.dispose());

const LANES = 96;
const DAYS = 40;

describe.skipIf(!gpu)("programs composed into one shader", () => {
  test("a reset and 40 days in one dispatch do what 41 dispatches do", async () => {
    const params = resolveParams(toyEconomy);
    const options = { weights: resolveWeights(toyEconomy), limits: parseLimits({}), params };
    const { records, step, reset } = buildLanePrograms(toyEconomy, options);
    const stored = Object.values(records).filter(({ kind }) => kind !== "scratch");
    const lanes = await createWgslLanes(gpu!, stored, { step, reset }, LANES);
    const control = { seed: 3, numLanes: LANES, horizon: 25, randomise: 1, autoreset: 1 };
    for (const [name, value] of Object.entries(control)) lanes.view("control", name)[0] = value;
    for (const domain of ["market", "scenario", "reset"] as const) lanes.view("control", domain)[0] = stream(domain, "test");
    for (let lane = 0; lane < LANES; lane++) lanes.view("lane", "episode")[lane] = lane;
    lanes.upload();

    // The composed shader keeps the control words to itself and moves the rings on.
    const plan = planWords(stored.map(recordInfo), LANES);
    const slots = recordInfo(records.control).fields!;
    const ring = (name: string, length: number) => `control[${slots.get(name)!.slot}] = day % ${Math.max(1, length)}u;`;
    const place = ({ name, kind }: { name: string; kind: string }) => {
      const offset = plan.offsets.get(name)!;
      return kind === "lane" ? { words: "memory", offset, capacity: LANES } : { words: "control", offset };
    };
    const words = new Uint32Array(lanes.view("control", "seed").buffer);
    const code = `
      @group(0) @binding(0) var<storage, read_write> memory: array<u32, ${plan.laneWords}>;
      var<private> control: array<u32, ${plan.commonWords}>;
      ${WGSL_LIBRARY}
      ${emitWgslFunction(reset, { name: "reset_lane", place })}
      ${emitWgslFunction(step, { name: "step_lane", place })}
      @compute @workgroup_size(32) fn main(@builtin(global_invocation_id) id: vec3u) {
        control = array<u32, ${plan.commonWords}>(${[...words].map((word) => `${word}u`).join()});
        reset_lane(id.x);
        for (var day = 0u; day < ${DAYS}u; day++) {
          ${ring("supplySlot", 30)}
          ${ring("actionSlot", toyEconomy.actionDelay)}
          ${ring("observationSlot", toyEconomy.observationDelay)}
          step_lane(id.x);
        }
      }`;
    const host = lanes.view("lane", "episode").buffer.slice(0);
    await dispatch(gpu!.device, code, host, LANES / 32);

    lanes.run("reset");
    for (let day = 0; day < DAYS; day++) {
      for (const [name, slot] of Object.entries(ringPositions(toyEconomy, day))) lanes.view("control", name)[0] = slot;
      lanes.run("step");
    }
    await lanes.download();
    expect(lanes.view("lane", "lastLength")[0]).toBe(25);
    expect(Buffer.compare(Buffer.from(host), Buffer.from(lanes.view("lane", "episode").buffer))).toBe(0);
    lanes.dispose();
  });
});
