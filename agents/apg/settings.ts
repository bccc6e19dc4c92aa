import { z } from "zod";
import { UserError } from "../../core/errors.js";
import { type CommonSettings, positive, real, whole } from "../learner/settings.js";
import { STRUCTURE_SETTINGS } from "../learner/structure-settings.js";

/** Settings of gradients through the economy. Each line is key, range, default and meaning. */
export const APG_SETTINGS = {
  totalSteps: whole(1, 1e12).default(10_000_000).describe("env-steps in all; rounded up to whole iterations"),
  decisionInterval: whole(1, 365)
    .default(1)
    .describe("control steps that a decision holds for, in training and in use; gradients through the economy decide in each"),
  evalEvery: whole(0, 1_000_000)
    .default(20)
    .describe("updates between evaluations on selection markets, the base first, which keep the best in best.bin; 0 is none"),
  hidden: z
    .array(whole(1, 512))
    .min(0)
    .max(8)
    .default([32, 32])
    .describe("widths of the policy's hidden layers; none for a linear one"),
  ...STRUCTURE_SETTINGS,
  episodes: whole(4, 65_536).default(128).describe("training episodes that a gradient is taken over, whole episodes backwards"),
  learningRate: positive(1)
    .default(0.002)
    .describe("step size of Adam at the start; it follows half a cosine down to a twentieth"),
  maxGradNorm: positive(1e6).default(1).describe("longest gradient; a longer one is shortened to it"),
  maxSlope: positive(1e6)
    .default(10)
    .describe(
      "largest derivative of an episode's summed objective by one request, in halves of its band; larger ones are cut to it",
    ),
  window: whole(1, 100_000)
    .nullable()
    .default(null)
    .describe("control steps that derivatives are followed back for at most; off is the whole episode"),
  smoothJumps: z
    .boolean()
    .default(true)
    .describe("the way back sees jumps coming (ruin, halts, stress) and what they would change; false: their derivative is 0"),
  clampMargin: real(0, 10)
    .default(0.3)
    .describe(
      "how far outside of its band, in halves of it, a request is still told to go on or come back; further out only to come back",
    ),
  scenarioShare: real(0, 1)
    .default(0.5)
    .describe(
      "share of updates whose episodes are the named scenarios, on training markets; those of the others are drawn as training draws them",
    ),
  tripMultiplier: real(0, 1e6)
    .default(0.3)
    .describe(
      "what a trip of the drawdown halt counts for at the start, in mean objective per control step of its episode; it grows while there are more trips than under the base, and falls while there are fewer; 0 is off",
    ),
  crashMultiplier: real(0, 1e6).default(2).describe("the same for a drawdown of 70 %"),
  multiplierRate: real(0, 100)
    .default(0.3)
    .describe(
      "rate of the multipliers: by how much of its start one grows in an update with one more trip or crash an episode",
    ),
} as const;

type OwnSettings = Readonly<z.infer<z.ZodObject<typeof APG_SETTINGS>>>;
export type ApgSettings = CommonSettings & OwnSettings;

/** @throws UserError `E_CONFIG_CROSS` */
export function checkApg({ decisionInterval }: ApgSettings): void {
  if (decisionInterval === 1) return;
  const message = `apg decides in every control step, got decisionInterval=${decisionInterval}`;
  throw new UserError("E_CONFIG_CROSS", message, "leave decisionInterval out, or set algorithm=ppo");
}
