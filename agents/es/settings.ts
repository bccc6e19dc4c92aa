import { z } from "zod";
import { UserError } from "../../core/errors.js";
import { type CommonSettings, positive, real, whole } from "../learner/settings.js";
import { STRUCTURE_SETTINGS } from "../learner/structure-settings.js";

/** Settings of evolution strategies. Each line is key, range, default and meaning. */
export const ES_SETTINGS = {
  totalSteps: whole(1, 1e12).default(20_000_000).describe("env-steps in all; rounded up to whole generations"),
  decisionInterval: whole(1, 365).default(1).describe("control steps that a decision holds for, in training and in use"),
  evalEvery: whole(0, 1_000_000)
    .default(10)
    .describe(
      "generations between evaluations on selection markets, the base first, which keep the best in best.bin; 0 is none",
    ),
  hidden: z
    .array(whole(1, 512))
    .min(0)
    .max(8)
    .default([32, 32])
    .describe("widths of the policy's hidden layers; none for a linear one"),
  ...STRUCTURE_SETTINGS,
  method: z
    .enum(["auto", "cma", "openai"])
    .default("auto")
    .describe(
      "cma adapts a full covariance (CMA-ES); openai follows a gradient estimated from antithetic pairs (Salimans et al. 2017); auto is cma for up to 500 weights",
    ),
  population: whole(4, 4096).default(32).describe("candidates of a generation, an even number"),
  episodes: whole(1, 4096).default(32).describe("training episodes that every candidate is scored on, the same for all"),
  scenarioShare: real(0, 1)
    .default(0.5)
    .describe(
      "share of generations whose episodes are the named scenarios, on training markets; those of the others are drawn as training draws them",
    ),
  sigma: positive(10)
    .default(0.005)
    .describe("deviation of the candidates from the policy, in every weight; of the first ones with cma"),
  learningRate: positive(1)
    .default(0.01)
    .describe("of openai: step size of Adam at the start; it follows half a cosine down to a twentieth"),
  tripPenalty: real(0, 1000)
    .default(1)
    .describe(
      "what each breaker trip an episode costs, in mean objective, that a candidate has more than the untrained policy on the same markets",
    ),
  drawdownPenalty: real(0, 1000)
    .default(10)
    .describe("the same for the share of episodes with a drawdown of 70 %, smoothed over a width of 10 %"),
} as const;

type OwnSettings = Readonly<z.infer<z.ZodObject<typeof ES_SETTINGS>>>;
export type EsSettings = CommonSettings & OwnSettings;

/** @throws UserError `E_CONFIG_CROSS` */
export function checkEs({ population }: EsSettings): void {
  if (population % 2 === 0) return;
  const message = `population must be even, since candidates come in pairs, got ${population}`;
  throw new UserError("E_CONFIG_CROSS", message, `use population=${population + 1}`);
}
