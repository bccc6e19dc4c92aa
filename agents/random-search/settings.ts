import { z } from "zod";
import { UserError } from "../../core/errors.js";
import { type CommonSettings, positive, whole } from "../learner/settings.js";

/** Settings of random search; the meanings are those of Mania et al. 2018. Each line is key, range, default and meaning. */
export const RANDOM_SEARCH_SETTINGS = {
  numDirections: whole(1, 1024).default(16).describe("directions that are tried in an iteration, each both ways"),
  topDirections: whole(1, 1024).default(8).describe("directions, the best ones, that the step is made of"),
  episodes: whole(1, 4096).default(32).describe("training episodes that every candidate is scored on, the same for all"),
  stepSize: positive(10).default(0.05).describe("size of a step, per deviation of the candidates' scores"),
  deltaStd: positive(10).default(0.05).describe("deviation of the candidates from the policy, in every weight"),
  hidden: z
    .array(whole(1, 512))
    .min(0)
    .max(8)
    .default([])
    .describe("widths of the policy's hidden layers; none by default: the policy is linear"),
} as const;

type OwnSettings = Readonly<z.infer<z.ZodObject<typeof RANDOM_SEARCH_SETTINGS>>>;
export type RandomSearchSettings = CommonSettings & OwnSettings;

/** @throws UserError `E_CONFIG_CROSS` */
export function checkRandomSearch({ numDirections, topDirections }: RandomSearchSettings): void {
  if (topDirections <= numDirections) return;
  const message = `topDirections must be at most numDirections, got ${topDirections} of ${numDirections}`;
  throw new UserError("E_CONFIG_CROSS", message, `use topDirections=${numDirections} or fewer`);
}
