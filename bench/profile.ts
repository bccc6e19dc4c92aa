import { STAGES } from "../agents/ppo/wasm/jobs.js";
import { readRollout } from "../agents/ppo/wasm/measure.js";
import type { LearnerContext } from "../agents/ppo/wasm/wasm-context.js";
import { compileJob } from "../models/wasm/interpreter.js";
import type { Argument, Call, Job } from "../models/wasm/plan.js";
import { best, takeTurns, timeCall } from "./timing.js";

/** Part of one iteration (a rollout and the passes over it) on one thread. */
export interface ProfilePart {
  readonly phase: Phase;
  readonly part: string;
  readonly seconds: number;
  /** Of the whole iteration. */
  readonly share: number;
}

type Phase = "rollout" | "advantages" | "update" | "host";

/** What kernels and stages do, in words. */
const KERNELS: Readonly<Record<string, string>> = {
  forward: "networks forward",
  backward: "networks backward",
  pack: "pack samples",
  gather: "gather minibatches",
  moments: "sums for statistics",
  sumRows: "sums for statistics",
  fill: "clear gradients",
  gae: "advantages",
  centerGroups: "centre on the market",
  permute: "permute samples",
};
const STAGE_PARTS: Readonly<Record<string, string>> = {
  step: "simulation",
  normalize: "normalise",
  sample: "sample actions",
  mark: "record step",
  record: "record step",
  link: "link values",
  loss: "loss",
};

/**
 * Where an iteration's time goes: every call of every job is timed where it stands, in the order and on the data of training. Each
 * takes the shortest of `rounds` times, so that what else runs on the machine is left out. What then lacks to `wholeSeconds`, the
 * time of an iteration, lies between the calls.
 */
export function profileIteration(context: LearnerContext, wholeSeconds: number, rounds: number): ProfilePart[] {
  const seconds = new Map<string, number>();
  const add = (phase: Phase, part: string, value: number) =>
    seconds.set(`${phase}/${part}`, (seconds.get(`${phase}/${part}`) ?? 0) + value);
  for (const { phase, job, chunks, times } of listJobs(context)) {
    for (const [part, value] of timeJob(context, job, chunks, rounds)) add(phase, part, value * times);
  }
  const { updateEpochs, numMinibatches } = context.options.ppo;
  const descent = timeDescent(context, context.jobs.minibatches[0]!.numChunks, rounds);
  add("update", "add gradients of chunks", descent.reduce * updateEpochs * numMinibatches);
  add("update", "Adam", descent.adam * updateEpochs * numMinibatches);
  add("host", "figures of the rollout", timeFigures(context, rounds));
  const parts = [...seconds.values()].reduce((total, value) => total + value, 0);
  const whole = Math.max(wholeSeconds, parts);
  add("host", "between the calls", whole - parts);
  return [...seconds]
    .map(([key, value]) => {
      const [phase, part] = key.split("/") as [Phase, string];
      return { phase, part, seconds: value, share: value / whole };
    })
    .sort((a, b) => b.seconds - a.seconds);
}

interface TimedJob {
  readonly phase: Phase;
  readonly job: Job;
  readonly chunks: number;
  /** In an iteration. */
  readonly times: number;
}

function listJobs({ jobs, layout, options }: LearnerContext): TimedJob[] {
  const { updateEpochs, numMinibatches } = options.ppo;
  const once = (phase: Phase, job: Job): TimedJob => ({ phase, job, chunks: layout.block.numChunks, times: 1 });
  return [
    once("rollout", jobs.collect),
    once("rollout", jobs.bootstrap),
    once("advantages", jobs.link),
    once("advantages", jobs.advantages),
    once("advantages", jobs.store),
    { phase: "update", job: jobs.permute, chunks: numMinibatches, times: updateEpochs },
    ...jobs.minibatches.flatMap(({ prepare, gradient, numChunks }): TimedJob[] => [
      { phase: "update", job: prepare, chunks: numChunks, times: updateEpochs },
      { phase: "update", job: gradient, chunks: numChunks, times: updateEpochs },
    ]),
  ];
}

/** Seconds of each part of a job, all its chunks together. */
function timeJob({ device }: LearnerContext, job: Job, numChunks: number, rounds: number): Map<string, number> {
  const instances = [device.kernels, ...device.stages].map((exports) => ({ exports }));
  const calls = Array.from({ length: job.repeat ?? 1 }, (_, repeat) => job.calls.map((call) => atRepeat(call, repeat))).flat();
  const run = calls.map((call) => compileJob({ name: job.name, calls: [call] }, instances, device.memory, 0));
  const shortest = new Float64Array(numChunks * calls.length).fill(Number.POSITIVE_INFINITY);
  for (let round = 0; round <= rounds; round++) {
    for (let chunk = 0; chunk < numChunks; chunk++) {
      for (let i = 0; i < calls.length; i++) {
        const at = chunk * calls.length + i;
        shortest[at] = Math.min(
          shortest[at]!,
          timeCall(() => run[i]!(chunk)),
        );
      }
    }
  }
  const parts = new Map<string, number>();
  for (const [at, value] of shortest.entries()) {
    const part = namePart(calls[at % calls.length]!);
    parts.set(part, (parts.get(part) ?? 0) + value);
  }
  return parts;
}

function namePart({ instance, export: name }: Call): string {
  const known = instance === 0 ? KERNELS[name] : STAGE_PARTS[STAGES[instance - 1]!];
  return known ?? name;
}

/** The call as repeat number `r` of its job makes it. */
function atRepeat(call: Call, r: number): Call {
  const move = (arg: Argument): Argument =>
    typeof arg === "number" ? arg : { ...arg, base: (arg.base ?? 0) + r * (arg.perRepeat ?? 0) };
  const { when } = call;
  return {
    ...call,
    args: call.args.map(move),
    ...(when ? { when: { ...when, address: move(when.address) } } : {}),
  };
}

/** What follows the gradients of a minibatch's chunks. */
function timeDescent({ device, layout, agent }: LearnerContext, chunks: number, rounds: number) {
  const { kernels } = device;
  const size = agent.parameterCount;
  const { params, firstMoment, secondMoment, gradient } = layout;
  const [reduce, adam] = takeTurns(
    [
      () => kernels.reduceChunks(layout.gradients, chunks, layout.gradientBytes, size, gradient),
      () => {
        kernels.sumSquares(gradient, size);
        kernels.adam(params, firstMoment, secondMoment, gradient, 0, size, 0, 0.9, 0.999, 1e-5, 1, 1, 1);
      },
    ],
    20 * rounds,
  ).map(best);
  return { reduce: reduce!, adam: adam! };
}

/** What the main thread itself reads of a rollout. */
function timeFigures(context: LearnerContext, rounds: number): number {
  const costs = Object.keys(context.programs.lane.records.costs.fields).length;
  const none = new Float64Array(0);
  const rest = { observation: none, observationSquares: none, gain: none, gainSquares: none };
  const sums = { ...rest, reward: 0, cost: new Float64Array(costs) };
  const [seconds] = takeTurns([() => void readRollout(context, sums, { iteration: 1, envSteps: 1 })], rounds);
  return best(seconds!);
}
