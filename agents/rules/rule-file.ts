import { z } from "zod";
import { isChanged, withDigest } from "../../core/digest.js";
import { UserError } from "../../core/errors.js";
import { suggest } from "../../core/nearest.js";
import { JsonError, parseJson } from "../../core/parse-json.js";
import { describeIssue } from "../../core/schema-issue.js";
import { withoutSubnets } from "../../env/economy-id.js";
import type { World } from "../../env/world.js";
import { makeRule } from "./registry.js";
import type { Rule } from "./rule.js";
import { withParams } from "./rule-values.js";

const HINT = "write the file with flyball tune";

/** A generation of the search: env-steps used so far, mean objective of its best candidate and of the median one; null where none was finite. */
const generationSchema = z.strictObject({
  used: z.number(),
  best: z.number().nullable(),
  median: z.number().nullable(),
  sigma: z.number(),
});

export type TuneGeneration = z.infer<typeof generationSchema>;

const ruleFileSchema = z.strictObject({
  format: z.literal("flyball-rule"),
  version: z.literal(1),
  /** Id of the rule. */
  rule: z.string(),
  /** Versioned id of the economy that it was tuned on. */
  economy: z.string(),
  /** Hash of the economy's parameters that it was tuned on. */
  paramsHash: z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits"),
  /** Parameter values by name; those left out are the rule's own. */
  values: z.record(z.string(), z.number()),
  /** Simulated control steps: allowed and used. */
  budget: z.strictObject({ envSteps: z.number().int().nonnegative(), used: z.number().int().nonnegative() }),
  seed: z.number().int().nonnegative(),
  /** Which point won the final choice, and the mean objective of each over the same selection markets. */
  choice: z.strictObject({
    chosen: z.enum(["last", "average", "best", "start"]),
    episodes: z.number().int().positive(),
    objectives: z.strictObject({
      last: z.number().nullable(),
      average: z.number().nullable(),
      best: z.number().nullable(),
      start: z.number().nullable(),
    }),
  }),
  /** Where several seeds were tuned, each with the whole budget: what the values of each score on the same further selection markets. */
  seeds: z
    .strictObject({
      episodes: z.number().int().positive(),
      objectives: z.array(
        z.strictObject({ seed: z.number().int().nonnegative(), mean: z.number(), low: z.number(), high: z.number() }),
      ),
    })
    .optional(),
  /** Only in files of earlier versions: how the search went. */
  history: z.array(generationSchema).optional(),
  /** Digest of all other keys, see `withDigest`; files of earlier versions have none. */
  digest: z.string().optional(),
});

/** A tuned rule: the rule's id, the values found, and how they were found. */
export type RuleFile = Omit<z.infer<typeof ruleFileSchema>, "history" | "digest">;

/** The file's text. */
export function serialiseRuleFile(file: RuleFile): string {
  return `${JSON.stringify(withDigest(ruleFileSchema.parse(file)), null, 2)}\n`;
}

/**
 * Reads a rule file.
 * @throws UserError `E_RULE_FILE` when the text is no rule file, a key is missing, unknown or of the wrong kind, or the file has been
 * changed since it was written
 */
export function parseRuleFile(text: string): RuleFile {
  const json = parseFile(text);
  const parsed = ruleFileSchema.safeParse(json);
  if (parsed.success) {
    const { history: _, digest, ...file } = parsed.data;
    if (!isChanged(parsed.data)) return file;
    throw new UserError(
      "E_RULE_FILE",
      `the rule file was changed after it was written: its content has not the digest ${digest!.slice(0, 8)}…`,
      "restore the file, tune anew, or delete its key digest to use the changed values",
    );
  }
  const issue = parsed.error.issues[0]!;
  const at = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0]!;
    const where = at === "" ? "" : ` in ${at}`;
    throw new UserError(
      "E_RULE_FILE",
      `unknown key ${key}${where} of a rule file`,
      suggest(key, Object.keys(ruleFileSchema.shape)),
    );
  }
  const message = at === "" ? "the rule file holds no object" : `${at} of the rule file is wrong: ${describeIssue(issue)}`;
  throw new UserError("E_RULE_FILE", message, HINT);
}

/**
 * The tuned rule of a file, for `world`. A world with a group of equal elements takes what was tuned with another number of them.
 * @throws UserError when the file is for another economy, or names a rule or parameter that does not exist
 */
export function makeTunedRule(file: RuleFile, world: World): Rule {
  const why = whyNotTuned(file, world);
  if (why === undefined) return withParams(makeRule(file.rule, world), file.values);
  throw new UserError("E_RULE_FILE", why, `tune the rule again: flyball tune ${file.rule} --economy ${world.id}`);
}

/** Why the values of a file are not those of a tuned rule of `world`; undefined where they are. */
export function whyNotTuned(file: RuleFile, world: World): string | undefined {
  if (file.economy === world.id) return undefined;
  if (world.group === undefined || withoutSubnets(file.economy) !== withoutSubnets(world.id)) {
    return `the rule file is for economy ${file.economy}, not ${world.id}`;
  }
  // A rule with parameters for each element has others in a group of another size.
  const { params, tunable } = makeRule(file.rule, world);
  const other =
    Object.keys(file.values).find((name) => !Object.hasOwn(params, name)) ??
    tunable.find((name) => !Object.hasOwn(file.values, name));
  if (other === undefined) return undefined;
  return `the rule file is for ${file.economy}, and rule ${file.rule} has other parameters in ${world.id}, for example ${other}`;
}

function parseFile(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new UserError("E_RULE_FILE", `the rule file is not JSON: ${error.message}`, HINT);
  }
}
