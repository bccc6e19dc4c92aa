import { makeUnclippedEnv } from "../../env/environment.js";
import type { EnvOptions } from "../../env/settings.js";
import type { World } from "../../env/world.js";
import { type Market, requestsOf } from "./table-gradient.js";

interface Replay {
  readonly world: World;
  readonly env: EnvOptions;
  readonly seed: number;
  readonly every: number;
}

/** Mean objective per control step of found requests in the plain simulator, in float64: what a search says of itself is not taken. */
export function replayRequests({ world, env, seed, every }: Replay, market: Market, knots: Float32Array): number {
  const horizon = env.horizon ?? world.horizon;
  const simulator = makeUnclippedEnv(world, env);
  simulator.reset({ seed, options: { scenario: market.scenario, episode: market.episode } });
  let sum = 0;
  for (let step = 0; step < horizon; step++) {
    const { reward, terminated } = simulator.step(requestsOf(world, knots, every, step));
    sum += reward;
    if (terminated) break;
  }
  return sum / horizon;
}
