import { findEconomy, makeVectorEnv } from "flyball";

const numLanes = 64;
const env = makeVectorEnv(findEconomy("akash"), { numLanes, device: "wasm", scenario: "random" });
const { actionNames, actionSpace } = env.spec;

env.reset({ seed: 1 });
let total = 0;
for (let day = 0; day < 30; day++) {
  // Field i of lane j is element i * numLanes + j: here every action in the middle of its band, in every lane.
  const middle = (i: number) => ("low" in actionSpace ? (actionSpace.low[i]! + actionSpace.high[i]!) / 2 : 0);
  const actions = actionNames.flatMap((_, i) => Array<number>(numLanes).fill(middle(i)));
  for (const reward of env.step(actions).rewards) total += reward;
}
console.log(`mean objective a day: ${(total / 30 / numLanes).toFixed(4)}`);
