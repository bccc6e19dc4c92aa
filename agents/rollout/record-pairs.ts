import { UserError } from "../../core/errors.js";
import { makeUnclippedEnv } from "../../env/environment.js";
import { startController } from "../controller/start-controller.js";
import type { RecordedPair } from "../learned/controller-file.js";
import { MAX_PAIRS, MIN_PAIRS } from "../learned/controller-schema.js";
import { type Deployment, decide, decideInOrder } from "./decide.js";

/** Control steps that are recorded, if the network decides in enough of them. */
const NUM_STEPS = 64;
/** Episodes that are tried when the economy is ruined early. */
const NUM_EPISODES = 16;

/**
 * Decisions for the self-test of a controller's file, from the device that it was trained on: then the file's own check compares two
 * implementations. Of a controller with structure they are those of one episode, otherwise one for each of `observations`.
 * @param observations raw ones that the policy has met
 * @throws UserError `E_EXPORT_PAIRS` where there are too few
 */
export async function recordPairs(
  deployment: Deployment,
  observations: readonly (readonly number[])[],
): Promise<readonly RecordedPair[]> {
  if (deployment.controller.structure) return decideInOrder(deployment, observeEpisode(deployment));
  if (observations.length < MIN_PAIRS) {
    const message = `the checkpoint keeps ${observations.length} observations, ${MIN_PAIRS} are needed`;
    throw new UserError("E_EXPORT_PAIRS", message, "train with at least 64 lanes");
  }
  const actions = await decide(deployment, observations);
  return observations.map((observation, i) => ({ observation, action: actions[i]! }));
}

/** What the controller sees, control step after control step, in the longest of a few training episodes. */
function observeEpisode({ world, lane, controller }: Deployment): readonly (readonly number[])[] {
  const { params, limits } = lane;
  const horizon = Math.min(MAX_PAIRS, Math.max(NUM_STEPS, MIN_PAIRS * controller.decisionInterval));
  const env = makeUnclippedEnv(world, { params, limits, horizon, scenario: "random", split: "train" });
  let longest: readonly (readonly number[])[] = [];
  for (let episode = 0; episode < NUM_EPISODES && longest.length < horizon; episode++) {
    const act = startController(controller, world);
    const seen: (readonly number[])[] = [];
    let { observation } = env.reset({ options: { episode } });
    for (let ended = false; !ended; ) {
      seen.push([...observation]);
      const step = env.step(act(observation));
      observation = step.observation;
      ended = step.terminated || step.truncated;
    }
    if (seen.length > longest.length) longest = seen;
  }
  if (longest.length >= MIN_PAIRS) return longest;
  const message = `the controller ruins ${world.id} within ${longest.length} control steps, ${MIN_PAIRS} decisions are needed`;
  throw new UserError("E_EXPORT_PAIRS", message, "train longer, or export an earlier checkpoint");
}
