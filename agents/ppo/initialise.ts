import { layoutRecord } from "../../compiler/schema.js";
import { initAgent } from "../../models/init.js";
import { writeField } from "../rollout/lane-block.js";
import type { LearnerContext } from "./context.js";
import { writeControls } from "./inputs.js";

/** Streams of policy noise per lane of a market: more than any action needs. */
const NOISE_STREAMS = 256;

/** Weights and the first state of all lanes, spread over the horizon so that episodes do not end together. */
export function initialise(context: LearnerContext): void {
  const { agent, layout, options, placed, jobs, device } = context;
  const params = initAgent(agent, { actorHead: 0.01, criticHead: 1 }, options.ppo.logStdInit, options.random);
  startAtPresent(params, context);
  context.f32(layout.params, agent.parameterCount).set(params);
  writeControls(context, 0);
  const group = options.ppo.marketGroup;
  writeField(placed, "lane", "episode", (lane) => Math.floor(lane / group), true);
  writeField(placed, "lane", "noise", (lane) => (lane % group) * NOISE_STREAMS, true);
  for (const { value, name } of startParams(context)) writeField(placed, "params", name, () => value);
  device.run(jobs.reset, layout.block.numChunks);
  const { numEnvs } = options.ppo;
  writeField(placed, "lane", "day", (lane) => Math.floor((Math.floor(lane / group) * group * options.horizon) / numEnvs), true);
}

/** The untrained policy asks for what is in force at the start: learning departs from today's values, not from the middle. */
function startAtPresent(params: Float32Array, { agent, options }: LearnerContext): void {
  const { actions } = options.world;
  if (actions.kind !== "continuous") return;
  const head = agent.actor.layers.at(-1)!;
  for (const [i, { low, high, start }] of Object.values(actions.fields).entries()) {
    params[agent.actorOffset + head.bias + i] = (2 * (start - low)) / (high - low) - 1;
  }
}

/** Varying parameters that a scenario, but not the training distribution, changes keep their preset's value. */
function startParams({ options, programs }: LearnerContext): { readonly name: string; readonly value: number }[] {
  const stored = layoutRecord(programs.lane.records.params).slots.keys();
  return [...stored].map((name) => ({ name, value: options.lane.params[name]! }));
}
