import { expect, test } from "vitest";
import { stream, uniform4 } from "../../core/random.js";
import { parseLimits } from "../breakers/limits.js";
import { akash } from "../economies/akash/index.js";
import type { Economy } from "../economy.js";
import { compileLanes, type LaneKernel } from "../lane/kernel.js";
import type { LaneDevice } from "../lane/memory.js";
import { laneRecords, storedRecords } from "../lane/records.js";
import { resolveParams, resolveWeights } from "../params.js";
import { listed } from "./listed.js";
import { LISTED_KINDS } from "./params.js";

const PATHS = 100;
const DAYS = 45;

function compiled(economy: Economy, device: LaneDevice): LaneKernel {
  const params = resolveParams(economy);
  const kernel = compileLanes(
    economy,
    { weights: resolveWeights(economy, "dual-class"), limits: parseLimits({}), params },
    device,
    PATHS,
  );
  const control = { seed: 5, numLanes: PATHS, horizon: 1e6, randomise: 1, autoreset: 0 };
  for (const [name, value] of Object.entries(control)) kernel.view("control", name)[0] = value;
  for (const domain of ["market", "scenario", "reset"] as const) kernel.view("control", domain)[0] = stream(domain, "test");
  for (let lane = 0; lane < PATHS; lane++) kernel.view("lane", "episode")[lane] = lane;
  for (const name of kernel.fields("params")) kernel.view("params", name).fill(params[name]!);
  kernel.reset();
  return kernel;
}

function act(economy: Economy, kernels: readonly LaneKernel[], day: number): void {
  const fields = economy.actions.kind === "continuous" ? Object.entries(economy.actions.fields) : [];
  for (const [j, [name, { low, high }]] of fields.entries()) {
    for (let lane = 0; lane < PATHS; lane++) {
      const action = Math.fround(low + (high - low) * uniform4(5, lane, day, stream("policy", "test") + j).a);
      for (const kernel of kernels) kernel.view("requested", name)[lane] = action;
    }
  }
  for (const kernel of kernels) kernel.view("control", "supplySlot")[0] = day % 30;
}

test.each(LISTED_KINDS)("akash+%s: each float32 step restarted from the float64 state, to 1e-5", (kind) => {
  const economy = listed(akash, kind);
  const [exact, close] = [compiled(economy, "js"), compiled(economy, "wasm")];
  const records = laneRecords(economy, resolveParams(economy));
  const wrong: string[] = [];
  let listings = 0;
  for (let day = 0; day < DAYS; day++) {
    for (const record of storedRecords(records)) {
      for (const field of exact.fields(record)) close.view(record, field).set(exact.view(record, field));
    }
    act(economy, [exact, close], day);
    exact.step();
    close.step();
    for (const record of ["state", "terms", "costs", "observation"] as const) {
      for (const field of exact.fields(record)) {
        const scale = records[record].fields[field]!.scale ?? 1;
        const [x, y] = [exact.view(record, field), close.view(record, field)];
        const at = x.findIndex((value, i) => !(Math.abs(value - y[i]!) <= 1e-5 * (Math.abs(value) + scale)));
        if (at >= 0) wrong.push(`day ${day} ${record}.${field} in lane ${at}: ${x[at]} and ${y[at]}`);
      }
    }
    listings += exact.view("flows", "shareOpen").filter((open) => open > 0).length;
  }
  expect(wrong).toEqual([]);
  expect(listings).toBeGreaterThan(0.1 * PATHS * DAYS);
});
