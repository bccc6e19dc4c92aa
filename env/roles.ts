/**
 * What fixed rules know a control by. A rule that sets issuance works on every economy that has a control in this role: the field of
 * the same name and unit, or the one that the economy declares in `World.roles`.
 */
export const ACTION_ROLES = {
  issuance: { unit: "1/year", doc: "new tokens a year as a share of supply" },
  burnShare: { unit: "1", doc: "share of what users pay that is burned" },
  fee: { unit: "1", doc: "what users pay to the network as a share of the price of the service" },
} as const;

/** What fixed rules know an observation by; resolved like {@link ACTION_ROLES}. */
export const OBSERVATION_ROLES = {
  utilization: { unit: "1", doc: "share of capacity in use" },
  utilizationSlow: { unit: "1", doc: "mean of utilisation over about a month" },
  usage: { unit: "1", doc: "log of what users pay over its reference" },
  bondedRatio: { unit: "1", doc: "share of supply that is staked" },
  collateralRatio: { unit: "1", doc: "value of a vault over the credits that it backs" },
  priceChange: { unit: "1", doc: "log price change of the last step" },
  drawdown: { unit: "1", doc: "log of the price's peak over the price" },
  netIssuance: { unit: "1/year", doc: "minted less burned as a share of supply, mean over about a month" },
  issuance: { unit: "1/year", doc: "issuance in force" },
} as const;

type ActionRole = keyof typeof ACTION_ROLES;
type ObservationRole = keyof typeof OBSERVATION_ROLES;

/** The field that plays a role: role = `offset` + `scale` x field. `scale` is 1 and `offset` 0 unless given. */
export interface RoleField {
  readonly field: string;
  /** Role units per unit of the field; negative where more of the field is less of the role. Not 0. */
  readonly scale?: number;
  readonly offset?: number;
}

/**
 * Which fields play roles under another name or in another unit, for example `actions: { issuance: { field: "emission", scale: 0.02 } }`.
 * `false` says that the field of the role's name is something else. What is left out is the field of that name, if its unit is the role's.
 */
export interface Roles {
  readonly actions?: Readonly<Partial<Record<ActionRole, RoleField | false>>>;
  readonly observations?: Readonly<Partial<Record<ObservationRole, RoleField | false>>>;
}
