import type { FieldSpec, RecordSpec, Uses } from "../compiler/schema.js";
import type { SubnetRange } from "./economy-id.js";
import type { StateValues, Values, World } from "./world.js";

/**
 * A world with a token. Beside its own controls, `a` carries two limits that the breakers set for the day:
 * `a.mintLimit` and `a.burnLimit` (tokens). `step` may never mint or burn more than that.
 * `f` must have the standard flows below, so that breakers, metrics and reports need to know no economy.
 */
export interface Economy extends World {
  readonly flows: RecordSpec & Readonly<Record<keyof typeof STANDARD_FLOWS, FieldSpec>>;
  readonly token: { readonly symbol: string /** Decimal places of the base unit, 6 for uakt. */; readonly decimals: number };
  /** Named sets of parameters other than the default values; `mature` is the default preset of akash. */
  readonly presets: Readonly<Record<string, { readonly doc: string; readonly overrides: Readonly<Record<string, number>> }>>;
  /** Id of the fixed rule that the network runs on today, or what comes closest: what others are compared with. By default `constant`. */
  readonly ruleInForce?: string;
  /** Who sets each lever on the network, or would have to, by name; `tilt` stands for all controls of that name with a number. */
  readonly setBy?: Readonly<Record<string, string>>;
  /** What a reader of results should distrust, a paragraph each, for the page of assumptions. */
  readonly weakPoints?: readonly string[];
  /** What observations are usually like; the affine rule scales them by it. */
  readonly observationStatistics?: ObservationStatistics;
  /** Where it can be had with other numbers of subnets. */
  readonly subnets?: SubnetRange & { readonly make: (subnets: number) => Economy };
  /** Names of the state fields whose sum is the total supply, for the exact ledger. */
  readonly balances: readonly string[];
  /** Writes the standard flows `price`, `exogenous` and `supply` from the state alone; used after a reset. */
  readonly account: (f: Values, s: StateValues, p: Values, u: Uses) => void;
}

/** Centre and spread of each observation, by name, in its unit. */
export type ObservationStatistics = Readonly<Record<string, { readonly center: number; readonly spread: number }>>;

export function isEconomy(world: World): world is Economy {
  return "token" in world;
}

/** Flows that every economy writes: `f.price` and so on, all after the step. */
export const STANDARD_FLOWS = {
  price: { unit: "USD/token", doc: "market price" },
  exogenous: { unit: "1", doc: "log of the exogenous price path: what the market would have done without this token's policy" },
  supply: { unit: "token", doc: "total supply" },
  minted: { unit: "token", doc: "tokens minted in this step" },
  burned: { unit: "token", doc: "tokens burned in this step" },
  service: { unit: "1", doc: "service delivered, as a ratio to the reference level" },
} as const;
