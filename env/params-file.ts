import { z } from "zod";
import { isChanged, withDigest } from "../core/digest.js";
import { UserError } from "../core/errors.js";
import { suggest } from "../core/nearest.js";
import { JsonError, parseJson } from "../core/parse-json.js";
import { describeIssue } from "../core/schema-issue.js";
import { checkParams } from "./params.js";
import type { Values, World } from "./world.js";

const HINT = "write the file with flyball calibrate";

const paramsFileSchema = z.strictObject({
  format: z.literal("flyball-params"),
  version: z.literal(1),
  /** Versioned id of the economy whose parameters these are. */
  economy: z.string(),
  /** Changed parameters by name; those left out keep their default values. */
  values: z.record(z.string(), z.number()),
  /** Where the values come from. */
  source: z.strictObject({
    /** What made the file, for example `calibrate`. */
    kind: z.string(),
    /** First and last day and number of the daily prices. */
    from: z.string(),
    to: z.string(),
    days: z.number().int().positive(),
    /** SHA-256 of the price file. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits"),
    seed: z.number().int().nonnegative(),
    /** How far the fit is from the data, see `Calibration.distance`. */
    distance: z.number(),
    /** Whether the data could come from the fitted market. */
    fit: z.strictObject({ verdict: z.enum(["good", "poor"]), pValue: z.number() }).optional(),
    /** Days left out as outliers. */
    droppedDays: z.number().int().nonnegative().optional(),
    notes: z.array(z.string()),
  }),
  /** Digest of all other keys, see `withDigest`; files of earlier versions have none. */
  digest: z.string().optional(),
});

/** Parameters of an economy other than the default values, for `--params`. */
export type ParamsFile = Omit<z.infer<typeof paramsFileSchema>, "digest">;

/** The file's text. */
export function serialiseParamsFile(file: ParamsFile): string {
  return `${JSON.stringify(withDigest(paramsFileSchema.parse(file)), null, 2)}\n`;
}

/**
 * Reads a params file.
 * @throws UserError `E_PARAMS_FILE` when the text is no params file, a key is missing, unknown or of the wrong kind, or the file has been
 * changed since it was written
 */
export function parseParamsFile(text: string): ParamsFile {
  const parsed = paramsFileSchema.safeParse(parseFile(text));
  if (parsed.success) {
    const { digest, ...file } = parsed.data;
    if (!isChanged(parsed.data)) return file;
    throw new UserError(
      "E_PARAMS_FILE",
      `the params file was changed after it was written: its content has not the digest ${digest!.slice(0, 8)}…`,
      "restore the file, calibrate anew, or delete its key digest to use the changed values",
    );
  }
  const issue = parsed.error.issues[0]!;
  const at = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    const allowed = at === "source" ? paramsFileSchema.shape.source.shape : paramsFileSchema.shape;
    const where = at === "" ? "" : ` in ${at}`;
    const key = issue.keys[0]!;
    throw new UserError("E_PARAMS_FILE", `unknown key ${key}${where} of a params file`, suggest(key, Object.keys(allowed)));
  }
  const message = at === "" ? "the params file holds no object" : `${at} of the params file is wrong: ${describeIssue(issue)}`;
  throw new UserError("E_PARAMS_FILE", message, HINT);
}

/**
 * The values of a params file, for `world`.
 * @throws UserError when the file is for another economy, names a parameter that does not exist, or leaves its range
 */
export function readParams(file: ParamsFile, world: World): Readonly<Values> {
  if (file.economy !== world.id) {
    const message = `the params file is for economy ${file.economy}, not ${world.id}`;
    throw new UserError("E_PARAMS_FILE", message, "give a params file of this economy, or leave --params out");
  }
  return checkParams(world, file.values);
}

function parseFile(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new UserError("E_PARAMS_FILE", `the params file is not JSON: ${error.message}`, HINT);
  }
}
