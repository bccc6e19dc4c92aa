import { SUPPLY_WINDOW } from "../env/breakers.js";
import type { Economy } from "../env/economy.js";
import { compileLanes, type LaneDevice } from "../env/lane-kernel.js";
import { parseEnvOptions } from "../env/settings.js";
import { type Clock, inTurns } from "./timing.js";

/** Env-steps per second of the whole world (shocks, breakers, step, objective, observation) on one core. */
export interface SimulationBench {
  readonly js: number;
  readonly wasm: number;
  readonly ratio: number;
}

const LANES = 256;

export function benchSimulation(clock: Clock, economy: Economy): SimulationBench {
  const [js, wasm] = [startLanes(economy, "js"), startLanes(economy, "wasm")];
  // A few milliseconds each, so that on a busy machine some rounds are undisturbed.
  const [jsSteps, wasmSteps] = [12, 60];
  const run = (step: () => void, steps: number) => () => {
    for (let i = 0; i < steps; i++) step();
  };
  run(js, jsSteps)();
  run(wasm, wasmSteps)();
  const { first, second } = inTurns(clock, 100, run(js, jsSteps), run(wasm, wasmSteps));
  const [slow, fast] = [(LANES * jsSteps) / first, (LANES * wasmSteps) / second];
  return { js: slow, wasm: fast, ratio: fast / slow };
}

/** Lanes that hold their first action, reset themselves and draw their parameters as in training. @returns one step of all */
function startLanes(economy: Economy, device: LaneDevice): () => void {
  const settings = parseEnvOptions(economy, {});
  const lanes = compileLanes(economy, settings.lane, device, LANES);
  const control = { ...settings.streams, seed: 1, numLanes: LANES, randomise: 1, autoreset: 1, horizon: settings.horizon };
  for (const [name, value] of Object.entries(control)) lanes.view("c", name).fill(value);
  for (const name of lanes.fields("p")) lanes.view("p", name).fill(settings.lane.params[name]!);
  lanes.view("l", "episode").forEach((_, lane, episodes) => {
    episodes[lane] = lane;
  });
  lanes.reset();
  // Spread over the horizon, so that resets cost what they cost in a long run.
  lanes.view("l", "day").forEach((_, lane, days) => {
    days[lane] = Math.floor((lane * settings.horizon) / LANES);
  });
  const slots = [lanes.view("c", "supplySlot"), lanes.view("c", "actionSlot"), lanes.view("c", "observationSlot")] as const;
  const lengths = [SUPPLY_WINDOW, Math.max(1, economy.actionDelay), Math.max(1, economy.observationDelay)];
  return () => {
    lanes.step();
    slots.forEach((slot, i) => {
      slot[0] = (slot[0]! + 1) % lengths[i]!;
    });
  };
}
