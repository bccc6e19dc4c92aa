import { readFileSync } from "node:fs";
import { findEconomy, makeEnv, parseControllerFile, startController } from "flyball";

/** The first requests of an exported controller, by name. */
export function firstRequests(path: string, days: number): readonly Readonly<Record<string, number>>[] {
  const { controller, provenance } = parseControllerFile(readFileSync(path, "utf8"));
  console.log(`trained for ${provenance.envSteps} env-steps on ${controller.economy}`);
  const world = findEconomy(controller.economy);
  const env = makeEnv(world, { split: "test", horizon: days });
  const act = startController(controller, world);
  const requests: Readonly<Record<string, number>>[] = [];
  let { observation } = env.reset({ seed: 1 });
  for (let day = 0; day < days; day++) {
    const request = act(observation);
    requests.push(Object.fromEntries(env.spec.actionNames.map((name, i) => [name, request[i]!])));
    observation = env.step(request).observation;
  }
  return requests;
}
