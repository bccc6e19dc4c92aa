import { uniform4 } from "../core/random.js";
import type { Economy } from "../env/economy.js";
import { ringPositions } from "../env/lane/clock.js";
import { compileLanes } from "../env/lane/kernel.js";
import type { LaneDevice } from "../env/lane/memory.js";
import { parseEnvOptions } from "../env/settings.js";
import { best, takeTurns } from "./timing.js";

/** As many as one chunk of a rollout: what is simulated stays in the core's cache, as it does in training. Not a power of two. */
const LANES = 272;
/** A few milliseconds: on a busy machine some rounds are then undisturbed. */
export const STEPS = 16;

interface SimulationSpeed {
  /** Env-steps per second on one core: the generated float64 loop and the generated f32x4 code. */
  readonly js: number;
  readonly wasm: number;
  readonly ratio: number;
}

/** The whole control step: delays, breakers, economy, objective, end of episode, autoreset and observation. */
export function measureSimulation(economy: Economy, rounds: number): SimulationSpeed {
  const works = (["js", "wasm"] as const).map((device) => laneStepper(economy, device));
  const [js, wasm] = takeTurns(works, rounds, 3).map((seconds) => (LANES * STEPS) / best(seconds));
  return { js: js!, wasm: wasm!, ratio: wasm! / js! };
}

/** Makes `STEPS` steps of lanes in the middle of their episodes, evenly spread over the horizon, each with a random request. */
export function laneStepper(economy: Economy, device: LaneDevice, lanes = LANES): () => void {
  const settings = parseEnvOptions(economy, {});
  const kernel = compileLanes(economy, settings.lane, device, lanes);
  const { streams, horizon } = settings;
  const control = { ...streams, seed: 1, numLanes: lanes, horizon, autoreset: 1, randomise: 1 };
  for (const [name, value] of Object.entries(control)) kernel.view("control", name)[0] = value;
  const { capacity } = kernel;
  const fill = (record: "lane" | "params" | "requested", name: string, value: (lane: number) => number) => {
    const view = kernel.view(record, name);
    for (let lane = 0; lane < capacity; lane++) view[lane] = value(lane);
  };
  fill("lane", "episode", (lane) => lane);
  for (const name of kernel.fields("params")) fill("params", name, () => settings.lane.params[name]!);
  kernel.reset();
  fill("lane", "day", (lane) => Math.floor((lane * horizon) / capacity));
  if (economy.actions.kind === "continuous") {
    for (const [i, [name, { low, high }]] of Object.entries(economy.actions.fields).entries()) {
      fill("requested", name, (lane) => low + (high - low) * uniform4(1, lane, 0, i).a);
    }
  }
  let clock = 0;
  return () => {
    for (let step = 0; step < STEPS; step++) {
      kernel.step();
      clock++;
      for (const [name, slot] of Object.entries(ringPositions(economy, clock))) kernel.view("control", name)[0] = slot;
    }
  };
}
