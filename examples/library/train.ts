import { buildController, findEconomy, parseConfig, parseEnvOptions, startController, type TrainState, train } from "flyball";

const world = findEconomy("akash");
const { lane } = parseEnvOptions(world, {});
const small = { algorithm: "ppo", numEnvs: 64, numSteps: 16, numMinibatches: 2, hidden: [16], totalSteps: 71_680 };
const config = parseConfig({ ...small, evalEvery: 2, evalEpisodes: 64 });

// The callback: stop when a minute is over, keep the best policy, print what the log would show.
const stop = new AbortController();
const deadline = Date.now() + 60_000;
let best: TrainState | undefined;
for await (const event of train({ world, lane, config, numThreads: 2, signal: stop.signal })) {
  if (event.kind === "iteration" && Date.now() > deadline) stop.abort();
  if (event.kind === "evaluation") console.log(`${event.score.iteration}: ${event.score.mean.toFixed(4)}`);
  if (event.kind === "warning") console.warn(event.warning.message);
  if (event.kind === "best") best = event.state;
  if (event.kind === "end") console.log(event.aborted ? "stopped by the deadline" : "trained to the end");
}

if (best) {
  const act = startController(buildController({ world, lane, config }, best), world);
  console.log("first request on an empty market:", act(Object.values(world.observations).map(({ low }) => low)));
}
