import { z } from "zod";
import { APG_SETTINGS } from "../apg/settings.js";
import { ES_SETTINGS } from "../es/settings.js";
import { type CommonSettings, type RunSettings, whole } from "../learner/settings.js";
import { STRUCTURE_SETTINGS } from "../learner/structure-settings.js";

/** Settings of the run or the policy: the same in every stage. */
const SHARED = ["totalSteps", "decisionInterval", "evalEvery", "hidden", ...Object.keys(STRUCTURE_SETTINGS)];

/** What a stage leaves to itself of an algorithm's settings. */
const ownOf = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(Object.fromEntries(Object.entries(shape).filter(([key]) => !SHARED.includes(key))));

/** Settings of the default recipe. Each line is key, range, default and meaning. */
export const RECIPE_SETTINGS = {
  totalSteps: whole(1, 1e12).default(20_000_000).describe("env-steps in all; rounded up to whole updates of each stage"),
  gradientSteps: whole(1, 1e12)
    .default(16_000_000)
    .describe("env-steps of the first stage, gradients through the economy; what is left of totalSteps goes to evolution"),
  decisionInterval: APG_SETTINGS.decisionInterval,
  evalEvery: whole(1, 1_000_000)
    .default(20)
    .describe(
      "updates between evaluations on selection markets, scenario by scenario: the best is kept, the base where nothing is better; also at the end of each stage",
    ),
  hidden: APG_SETTINGS.hidden,
  ...STRUCTURE_SETTINGS,
  apg: ownOf(APG_SETTINGS).prefault({}).describe("settings of the gradients, as --set apg.learningRate=0.001"),
  es: ownOf(ES_SETTINGS).prefault({}).describe("settings of the evolution, as --set es.population=64"),
} as const;

type OwnSettings = Readonly<z.infer<z.ZodObject<typeof RECIPE_SETTINGS>>>;
export type RecipeSettings = CommonSettings & OwnSettings;

/** What a stage is to be opened with. */
export function stageSettings(settings: RecipeSettings, id: "apg" | "es"): RunSettings {
  const { apg, es, gradientSteps: _, ...common } = settings;
  return { ...common, ...(id === "apg" ? apg : es), algorithm: id };
}
