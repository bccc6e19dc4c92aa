import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { layoutRecord } from "../../compiler/schema.js";
import { uniform4 } from "../../core/random.js";
import { compileLanes } from "../../env/lane/kernel.js";
import { type LaneRecords, laneRecords } from "../../env/lane/records.js";
import { findEconomy } from "../../env/registry.js";
import { parseEnvOptions } from "../../env/settings.js";
import { economyModule } from "./economy-module.js";

const LANES = 8;
const STEPS = 6;
const economy = findEconomy("akash");
const settings = parseEnvOptions(economy, {});
const records = laneRecords(economy, settings.lane.params);

type Memory = Record<string, number[][]>;
interface Case {
  readonly c: Record<string, number>;
  readonly m: Memory;
  readonly after: Memory;
}

/** Steps of the project's own float64 execution, with lanes that end and lanes that go on. */
function recordCases(): Case[] {
  const kernel = compileLanes(economy, settings.lane, "js", LANES);
  const { streams, horizon } = settings;
  const control: Record<string, number> = {
    ...streams,
    seed: 7,
    noiseDay: 0,
    numLanes: LANES,
    randomise: 1,
    autoreset: 1,
    horizon,
  };
  const clocks = { supplySlot: 28, actionSlot: 0, observationSlot: 0 };
  const fill = (record: keyof LaneRecords, name: string, value: (lane: number) => number) => {
    const view = kernel.view(record, name);
    for (let lane = 0; lane < LANES; lane++) view[lane] = value(lane);
  };
  const setControl = (values: Record<string, number>) => {
    for (const [name, value] of Object.entries(values)) kernel.view("control", name)[0] = value;
  };
  setControl({ ...control, ...clocks });
  fill("lane", "episode", (lane) => lane);
  for (const name of kernel.fields("params")) fill("params", name, () => settings.lane.params[name]!);
  kernel.reset();
  // The last lanes end after two and four steps.
  fill("lane", "day", (lane) => (lane < 4 ? 40 * lane : horizon - (lane < 6 ? 2 : 4)));
  const actions = economy.actions.kind === "continuous" ? Object.entries(economy.actions.fields) : [];
  return Array.from({ length: STEPS }, (_, step) => {
    const slots = { ...clocks, supplySlot: (28 + step) % 30 };
    setControl(slots);
    for (const [i, [name, { low, high }]] of actions.entries())
      fill("requested", name, (lane) => low + (high - low) * uniform4(1, lane, step, i).a);
    const before = readMemory(kernel.view);
    kernel.step();
    return { c: { ...control, ...slots }, m: before, after: readMemory(kernel.view) };
  });
}

function readMemory(view: ReturnType<typeof compileLanes>["view"]): Memory {
  const memory: Memory = {};
  for (const [name, record] of Object.entries(records)) {
    if (record.kind !== "lane") continue;
    for (const field of layoutRecord(record).slots.keys()) {
      const flat = Array.from(view(name as keyof LaneRecords, field));
      const length = record.fields[field]!.length ?? 1;
      memory[`${name}.${field}`] = Array.from({ length }, (_, e) => flat.slice(e * LANES, (e + 1) * LANES));
    }
  }
  return memory;
}

const cases = recordCases();
const folder = mkdtempSync(join(tmpdir(), "flyball-peers-"));
beforeAll(() => {
  for (const precision of [32, 64] as const)
    writeFileSync(join(folder, `step${precision}.py`), economyModule(economy, precision));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The peers' own Python where `npm run bench:peers` has made it, else the system's. */
const VENV = join(import.meta.dirname, "../../.venv/main/bin/python");
const PYTHON = existsSync(VENV) ? VENV : "python3";
const has = (module: string) => spawnSync(PYTHON, ["-c", `import ${module}`]).status === 0;

function runPython(arrays: string, precision: 32 | 64): Memory[] {
  const script = join(import.meta.dirname, "step_once.py");
  const request = { module: join(folder, `step${precision}.py`), arrays, precision, cases };
  const { status, stdout, stderr } = spawnSync(PYTHON, [script], {
    input: JSON.stringify(request),
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1", JAX_PLATFORMS: "cpu" },
  });
  expect(status, stderr.slice(-2000)).toBe(0);
  return JSON.parse(stdout) as Memory[];
}

/** Largest error of a float relative to its size and its field's scale; words must be equal. */
function largestError(results: readonly Memory[]): { error: number; field: string } {
  let worst = { error: 0, field: "" };
  for (const [i, { after }] of cases.entries()) {
    for (const [field, rows] of Object.entries(after)) {
      const [record, name] = [field.slice(0, field.indexOf(".")) as keyof LaneRecords, field.slice(field.indexOf(".") + 1)];
      const { type = "float", scale = 1 } = records[record].fields[name]!;
      for (const [e, row] of rows.entries())
        for (const [lane, x] of row.entries()) {
          const y = results[i]![field]![e]![lane]!;
          if (type === "u32") expect(y, field).toBe(x);
          const error = Math.abs(y - x) / (Math.abs(x) + scale);
          if (!(error <= worst.error)) worst = { error, field: `${field} of lane ${lane} in step ${i}` };
        }
    }
  }
  return worst;
}

test("the recorded steps hold lanes that end and lanes that go on", () => {
  const ended = cases.flatMap(({ after }) => after["lane.ended"]![0]!);
  expect(ended.filter((flag) => flag === 1)).toHaveLength(4);
});

describe.skipIf(!has("math"))("Python without packages", () => {
  // The same operations in the same order on the same float64; exp, log, sin and cos may differ in the last bits.
  test("the step of plain numbers is the project's float64 step", () => {
    const { error, field } = largestError(runPython("scalar", 64));
    expect(error, field).toBeLessThan(1e-11);
  });
});

describe.skipIf(!has("numpy"))("NumPy", () => {
  test("the step of float64 arrays is the project's float64 step", () => {
    const { error, field } = largestError(runPython("numpy", 64));
    expect(error, field).toBeLessThan(1e-9);
  });

  // A step that starts from the float64 state is allowed 1e-5, as every float32 execution of the project.
  test("the step of float32 arrays is the same to float32", () => {
    const { error, field } = largestError(runPython("numpy", 32));
    expect(error, field).toBeLessThan(1e-5);
  });
});

// Compiling takes them long.
const THOROUGH = process.env["FLYBALL_TEST_PEERS"] === "1";

describe.skipIf(!THOROUGH || !has("jax"))("JAX", () => {
  test("the step of float32 arrays is the same to float32", () => {
    const { error, field } = largestError(runPython("jax", 32));
    expect(error, field).toBeLessThan(1e-5);
  });
});

describe.skipIf(!THOROUGH || !has("torch"))("PyTorch", () => {
  test("the step of float32 arrays is the same to float32", () => {
    const { error, field } = largestError(runPython("torch", 32));
    expect(error, field).toBeLessThan(1e-5);
  });
});
