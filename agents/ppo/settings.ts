import { z } from "zod";
import { UserError } from "../../core/errors.js";
import { type CommonSettings, positive, type RunSettings, real, whole } from "../learner/settings.js";

/** Lanes come in chunks of this many, so that chunks of work are the same for every number of threads. */
const LANE_CHUNK = 64;

/** Steps in one rollout, at most: keeps the rollout's memory below about 1 GiB for observations of 16 numbers. */
const MAX_BATCH = 16_777_216;

/** Settings of PPO; names are CleanRL's, camelCased. Each line is key, range, default and meaning. */
export const PPO_SETTINGS = {
  numEnvs: whole(LANE_CHUNK, 262_144)
    .default(4096)
    .describe("lanes, each a world of its own; a multiple of 64; fewer by default where totalSteps is short, for 16 rollouts"),
  numSteps: whole(1, 4096).default(16).describe("decisions of each lane in a rollout"),
  updateEpochs: whole(1, 100).default(4).describe("passes over each rollout"),
  numMinibatches: whole(1, 65_536)
    .default(4)
    .describe("minibatches in a pass; must divide numEnvs * numSteps into multiples of 64"),
  marketGroup: z
    .literal([1, 2, 4, 8, 16, 32, 64])
    .default(64)
    .describe("neighbouring lanes that share markets, so that the shocks cancel in the advantages; 1 is plain PPO"),
  noiseHold: whole(1, 1024)
    .default(1)
    .describe("decisions for which a draw of exploration noise is held; 1 draws anew for every decision"),
  gamma: real(0, 1).default(0.995).describe("discount per control step"),
  gaeLambda: real(0, 1).default(0.95).describe("lambda of generalised advantage estimation"),
  learningRate: positive(1).default(2e-3).describe("Adam's step size at the start"),
  annealLearningRate: z.boolean().default(true).describe("lower the learning rate linearly to 0 over totalSteps"),
  clipCoef: positive(10).default(0.2).describe("clipping range of the probability ratio"),
  clipValueLoss: z.boolean().default(false).describe("clip the value loss by clipCoef too"),
  normalizeAdvantage: z.boolean().default(true).describe("scale advantages to mean 0 and deviation 1 in each minibatch"),
  entCoef: real(0, 10).default(0).describe("weight of the entropy bonus"),
  boundCoef: real(0, 1000)
    .default(0.1)
    .describe("weight of the penalty on policy means beyond the action's band, where samples teach nothing"),
  vfCoef: real(0, 100).default(0.5).describe("weight of the value loss"),
  maxGradNorm: positive(1e6).default(0.5).describe("largest norm of the whole gradient; longer ones are scaled down"),
  targetKl: positive(100)
    .nullable()
    .default(null)
    .describe("stop a rollout's passes above this approximate KL; off by default"),
  normalizeReward: z.boolean().default(true).describe("scale rewards by the running deviation of the discounted return"),
  centerReward: z
    .boolean()
    .default(true)
    .describe("subtract the running mean of the reward: for worlds that go on, where an early end must not pay"),
  clipReward: positive(1e6)
    .default(0.3)
    .describe("largest scaled reward of a step: rarer and harder blows would drown what all other days teach"),
  logStdInit: real(-10, 2).default(-0.5).describe("log of the exploration's deviation at the start, in -1..1 action units"),
  adamEpsilon: positive(1).default(1e-5).describe("Adam's epsilon"),
} as const;

type OwnSettings = Readonly<z.infer<z.ZodObject<typeof PPO_SETTINGS>>>;
export type PpoSettings = CommonSettings & OwnSettings;

/** The settings of a run that PPO trains. */
export const ppoSettings = (settings: RunSettings): PpoSettings => ({
  ...settings,
  ...z.object(PPO_SETTINGS).parse(settings),
});

/** What PPO itself needs of a run's settings. */
export type PpoOptions = OwnSettings &
  Pick<CommonSettings, "seed" | "totalSteps" | "decisionInterval" | "normalizeObservation" | "hidden" | "activation">;

/** Rollouts that a run should have at least: fewer make too few updates to learn anything. */
const MIN_ROLLOUTS = 16;

/**
 * Short runs take fewer lanes, so that they still make many updates. Who sets `numEnvs` gets it.
 * @param given settings that the user set
 */
export function scaleRollout(settings: PpoSettings, given: ReadonlySet<string>): PpoSettings {
  if (given.has("numEnvs")) return settings;
  const { totalSteps, numSteps, decisionInterval, numMinibatches } = settings;
  const isTooLarge = (lanes: number) => totalSteps < MIN_ROLLOUTS * lanes * numSteps * decisionInterval;
  const isWhole = (lanes: number) => lanes % LANE_CHUNK === 0 && (lanes * numSteps) % (numMinibatches * LANE_CHUNK) === 0;
  let { numEnvs } = settings;
  while (isTooLarge(numEnvs) && isWhole(numEnvs / 2)) numEnvs /= 2;
  return { ...settings, numEnvs };
}

/** @throws UserError `E_CONFIG_CROSS` */
export function checkPpoSettings({ numEnvs, numSteps, numMinibatches }: PpoSettings): void {
  const batch = numEnvs * numSteps;
  const cross = (message: string, hint: string) => new UserError("E_CONFIG_CROSS", message, hint);
  if (numEnvs % LANE_CHUNK !== 0) {
    const below = Math.max(LANE_CHUNK, Math.floor(numEnvs / LANE_CHUNK) * LANE_CHUNK);
    throw cross(`numEnvs must be a multiple of ${LANE_CHUNK}, got ${numEnvs}`, `use ${below} or ${below + LANE_CHUNK}`);
  }
  if (batch > MAX_BATCH) {
    const message = `numEnvs * numSteps must be at most ${MAX_BATCH}, got ${numEnvs} * ${numSteps} = ${batch}`;
    throw cross(message, `with ${numEnvs} lanes use numSteps ${Math.floor(MAX_BATCH / numEnvs)} or less`);
  }
  if (batch % (numMinibatches * LANE_CHUNK) !== 0) {
    const message = `numEnvs * numSteps / numMinibatches must be a multiple of ${LANE_CHUNK}, got ${numEnvs} * ${numSteps} / ${numMinibatches} = ${batch / numMinibatches}`;
    throw cross(message, `use numMinibatches ${nearestDivisor(batch / LANE_CHUNK, numMinibatches)}`);
  }
}

/** The divisor of `total` nearest to `wanted`. */
function nearestDivisor(total: number, wanted: number): number {
  for (let distance = 0; distance < wanted; distance++) {
    if (total % (wanted - distance) === 0) return wanted - distance;
    if (total % (wanted + distance) === 0) return wanted + distance;
  }
  return 1;
}
