import { z } from "zod";
import { UserError } from "../../core/errors.js";
import { suggest } from "../../core/nearest.js";
import { JsonError, parseJson } from "../../core/parse-json.js";
import { describeIssue } from "../../core/schema-issue.js";
import type { World } from "../../env/world.js";
import { makeRule } from "./registry.js";
import type { Rule } from "./rule.js";
import { withParams } from "./rule-values.js";

const HINT = "write the file with flyball tune";

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
  /** One row a generation: env-steps used so far, mean objective of its best candidate and of the median one; null where none was finite. */
  history: z.array(
    z.strictObject({ used: z.number(), best: z.number().nullable(), median: z.number().nullable(), sigma: z.number() }),
  ),
});

/** A tuned rule: the rule's id, the values found, and how they were found. */
export type RuleFile = z.infer<typeof ruleFileSchema>;

/** The file's text. */
export function serialiseRuleFile(file: RuleFile): string {
  return `${JSON.stringify(ruleFileSchema.parse(file), null, 2)}\n`;
}

/**
 * Reads a rule file.
 * @throws UserError `E_RULE_FILE` when the text is no rule file, or a key is missing, unknown or of the wrong kind
 */
export function parseRuleFile(text: string): RuleFile {
  const json = parseFile(text);
  const parsed = ruleFileSchema.safeParse(json);
  if (parsed.success) return parsed.data;
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
 * The tuned rule of a file, for `world`.
 * @throws UserError when the file is for another economy, or names a rule or parameter that does not exist
 */
export function ruleOfFile(file: RuleFile, world: World): Rule {
  if (file.economy !== world.id) {
    const message = `the rule file is for economy ${file.economy}, not ${world.id}`;
    throw new UserError("E_RULE_FILE", message, `tune the rule again: flyball tune ${file.rule} --economy ${world.id}`);
  }
  return withParams(makeRule(file.rule, world), file.values);
}

function parseFile(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new UserError("E_RULE_FILE", `the rule file is not JSON: ${error.message}`, HINT);
  }
}
