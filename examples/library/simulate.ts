import { createSimulator, findEconomy, makeRule, parseEnvOptions } from "flyball";

const world = findEconomy("akash");
const { lane, horizon } = parseEnvOptions(world, { horizon: 90 });
const controllers = { bme: makeRule("akash-bme", world), none: makeRule("none", world) };
const simulator = await createSimulator({ world, lane, controllers, maxLanes: 200, maxHorizon: horizon, numThreads: 2 });

// One batch for each scenario; index i of every metric is the same market for both controllers.
const batches = ["base", "crash"].map((name) => ({ overrides: world.scenarios[name]!.overrides, episodes: 100 }));
for (const id of Object.keys(controllers)) {
  const results = simulator.run(id, { batches, horizon, seed: 1, split: "test", block: 0 });
  const means = results.map(({ metrics }) => metrics.return.reduce((sum, x) => sum + x, 0) / metrics.return.length);
  console.log(id, means.map((mean) => mean.toFixed(4)).join(" "));
}
await simulator.dispose();
