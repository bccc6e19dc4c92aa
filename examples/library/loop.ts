import { findEconomy, makeEnv, makeRule, startController } from "flyball";

const akash = findEconomy("akash");
const env = makeEnv(akash, { split: "test", scenario: "crash" });
const act = startController(makeRule("akash-bme", akash), akash);

let { observation } = env.reset({ seed: 1 });
let total = 0;
for (let isOver = false; !isOver; ) {
  const step = env.step(act(observation));
  total += step.reward;
  observation = step.observation;
  isOver = step.terminated || step.truncated;
}
console.log(`mean objective a day: ${(total / env.spec.horizon).toFixed(4)}`);
