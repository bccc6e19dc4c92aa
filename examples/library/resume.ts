import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  checkpointOf,
  decodeCheckpoint,
  encodeCheckpoint,
  findEconomy,
  parseConfig,
  parseEnvOptions,
  readState,
  train,
} from "flyball";

const world = findEconomy("akash");
const { lane } = parseEnvOptions(world, {});
const small = { algorithm: "ppo", numEnvs: 64, numSteps: 16, numMinibatches: 2, hidden: [16], totalSteps: 71_680 };
const run = { world, lane, config: parseConfig({ ...small, checkpointEvery: 2 }), numThreads: 2 };
const file = join(mkdtempSync(join(tmpdir(), "flyball-")), "checkpoint.bin");

// Stops after the first checkpoint, which is of two iterations.
for await (const event of train(run)) {
  if (event.kind !== "checkpoint") continue;
  writeFileSync(file, encodeCheckpoint(checkpointOf(event.state, event.observations, { note: "any JSON" })));
  break;
}

// Goes on from there, to the same weights that an unbroken run comes to.
const resume = readState(decodeCheckpoint(readFileSync(file)), run);
for await (const event of train({ ...run, resume })) {
  if (event.kind === "end") console.log(`went on from iteration ${resume.iteration}`);
}
