import { z } from "zod";
import { groupOf } from "../../env/group.js";
import type { World } from "../../env/world.js";
import type { PolicyStructure } from "../learned/structure.js";
import { positive } from "./settings.js";

const baseRule = z.strictObject({ rule: z.string().min(1), values: z.record(z.string(), z.number()) });

/** Settings of an algorithm whose policies have a base rule and memory. Each line is key, range, default and meaning. */
export const STRUCTURE_SETTINGS = {
  base: z
    .union([z.string().min(1), baseRule])
    .nullable()
    .default("best")
    .describe(
      "rule whose request the network's output is added to: its name, with :tuned as shipped tuned, a tuned rule file, or best, the shipped tuned rule that is best on selection markets; off is the middle of each band",
    ),
  memoryRates: z
    .array(positive(1))
    .min(0)
    .max(8)
    .default([0.2, 0.04])
    .describe("rates of exponential means of each observation that the network also sees, per decision"),
  lastRequest: z.boolean().default(true).describe("the network also sees the last request"),
  sets: z
    .boolean()
    .default(true)
    .describe(
      "one network decides on every element of a group, the same for all, where the world declares one (subnets of bittensor); then the controller takes any number of them",
    ),
} as const;

type StructureSettings = Readonly<z.infer<z.ZodObject<typeof STRUCTURE_SETTINGS>>>;

/**
 * A base that is still to be found by its name has no values yet.
 * @throws UserError `E_GROUP_UNEQUAL`
 */
export function structureOf({ base, memoryRates, lastRequest, sets }: StructureSettings, world: World): PolicyStructure {
  const group = sets && world.actions.kind === "continuous" ? groupOf(world) : undefined;
  return {
    base: typeof base === "string" ? { rule: base, values: {} } : base,
    ...{ memoryRates, lastRequest },
    ...(group ? { group } : {}),
  };
}
