import { UserError } from "../core/errors.js";
import { suggest } from "../core/nearest.js";

/** The parts of an economy's id: `bittensor-v1@16+spac`. */
interface EconomyId {
  /** `bittensor` */
  readonly name: string;
  /** 1; undefined means the newest. */
  readonly version: number | undefined;
  /** 16: how many subnets; undefined means as many as the economy has by itself. */
  readonly subnets: string | undefined;
  /** `spac`: the kind of listed layer; undefined means none. */
  readonly listed: string | undefined;
}

const PATTERN = /^(?<name>[^@+]*?)(?:-v(?<version>\d+))?(?:@(?<subnets>[^@+]*))?(?:\+(?<listed>[^@+]*))?$/;

/** Takes an id apart. @throws UserError `E_ECONOMY_ID` when it has another form */
export function parseEconomyId(id: string): EconomyId {
  const groups = PATTERN.exec(id)?.groups;
  if (!groups?.["name"]) {
    throw new UserError("E_ECONOMY_ID", `"${id}" is not the id of an economy`, "write it as name, name@subnets or name+kind");
  }
  const { name, version, subnets, listed } = groups;
  return { name, version: version === undefined ? undefined : Number(version), subnets, listed };
}

/** `akash-v2+spac` -> `akash`: what rules know an economy by. */
export function baseName(id: string): string {
  return id.replace(/(-v\d+)?(@[^@+]*)?(\+[^@+]*)?$/, "");
}

/** `akash-v2+spac` -> `akash+spac`: for names of files. */
export function shortName(id: string): string {
  return id.replace(/-v\d+(?=[@+]|$)/, "");
}

/** `bittensor-v1@16` -> `bittensor-v1`: whatever the number of subnets. */
export function withoutSubnets(id: string): string {
  return id.replace(/@\d+/, "");
}

/** How many subnets an economy may have. */
export interface SubnetRange {
  readonly least: number;
  readonly most: number;
}

/** @throws UserError `E_ECONOMY_SUBNETS` unless `text` is a whole number within the range */
export function parseSubnets(text: string, id: string, { least, most }: SubnetRange): number {
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (count >= least && count <= most) return count;
  const message = `"${id}" asks for ${text || "no"} subnets, allowed are ${least} to ${most}`;
  throw new UserError("E_ECONOMY_SUBNETS", message, `for example ${baseName(id)}@${least}`);
}

/** @throws UserError `E_ECONOMY_LISTED` with the nearest kind unless `kind` is one of `kinds` */
export function checkKind(kind: string, kinds: readonly string[]): void {
  if (kinds.includes(kind)) return;
  throw new UserError("E_ECONOMY_LISTED", `there is no listed layer of kind "${kind}"`, suggest(kind, kinds));
}
