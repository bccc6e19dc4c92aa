import {
  assumed,
  type DrawKey,
  defineEconomy,
  type Fields,
  MARKET_CONSTRAINTS,
  MARKET_HIDDEN,
  MARKET_OBSERVATIONS,
  MARKET_PARAMS,
  MARKET_SCENARIOS,
  MARKET_SHOCKS,
  MARKET_TERMS,
  MARKET_USE_UNITS,
  MARKET_USES,
  MARKET_VARYING,
  marketFlows,
  marketState,
} from "flyball";

// A network of relays: users pay for bandwidth in RLY, a share of the payments is burned, the rest and all new tokens go to the
// operators, who add or retire relays as it pays. The market (price, liquidity, regimes) comes with flyball.

const STATE = {
  ...marketState("RLY"),
  liquid: { unit: "RLY", doc: "tokens that can be traded", scale: 1e8 },
  treasury: { unit: "RLY", doc: "tokens that never move", scale: 1e8 },
  demand: { unit: "1", doc: "log of wanted bandwidth over its reference" },
  capacity: { unit: "1", doc: "bandwidth of all relays over its reference" },
  usage: { unit: "1", doc: "mean of delivered bandwidth over about a month" },
  issuance: { unit: "1/year", doc: "issuance applied in the last step" },
  burnShare: { unit: "1", doc: "burn share applied in the last step" },
};

const PARAMS = {
  ...MARKET_PARAMS,
  supplyStart: assumed(100e6, 1e6, 1e9, "RLY", "supply at the start"),
  priceStart: assumed(0.5, 0.01, 100, "USD/RLY", "price at the start"),
  treasuryShare: assumed(0.2, 0, 0.5, "1", "share of the supply that the treasury holds"),
  spendReference: assumed(5000, 100, 1e6, "USD/day", "what users pay for the reference bandwidth"),
  costReference: assumed(8000, 100, 1e6, "USD/day", "what relays for the reference bandwidth cost"),
  demandReversion: assumed(1, 0, 5, "1/year", "pull of demand to its reference"),
  demandVolatility: assumed(0.5, 0, 2, "year^-0.5", "noise of adoption"),
  entrySpeed: assumed(0.02, 0, 0.2, "1/day", "growth of capacity per unit of log margin"),
  selling: assumed(0.7, 0, 1, "1", "share of their income that operators sell at once"),
  trustUnserved: assumed(0.03, 0, 0.1, "1/day", "credibility lost in a day when nobody is served"),
};

const ACTIONS = {
  issuance: { unit: "1/year", low: 0, high: 0.15, maxMove: 0.005, start: 0.04, doc: "new tokens a year as a share of supply" },
  burnShare: { unit: "1", low: 0, high: 1, maxMove: 0.05, start: 0.3, doc: "share of the payments that is burned" },
};

const FLOWS = {
  ...marketFlows("RLY"),
  unserved: { unit: "1", doc: "share of wanted bandwidth that was not delivered" },
  move: { unit: "1", doc: "mean square of the actions' moves over their limits" },
};

const OBSERVATIONS = {
  ...MARKET_OBSERVATIONS,
  demand: { unit: "1", low: -7, high: 4, doc: "log of wanted bandwidth", onChain: "order book of the relays" },
  logCapacity: { unit: "1", low: -7, high: 4, doc: "log of bandwidth offered", onChain: "register of relays" },
  issuance: { unit: "1/year", low: 0, high: 0.15, doc: "issuance in force", onChain: "mint module" },
  burnShare: { unit: "1", low: 0, high: 1, doc: "burn share in force", onChain: "fee module" },
};

const TERMS = { service: { unit: "1", doc: "log of delivered bandwidth" }, ...MARKET_TERMS };

type State = Fields<typeof STATE>;
type Params = Fields<typeof PARAMS>;
type Applied = Fields<typeof ACTIONS> & { readonly mintLimit: number; readonly burnLimit: number };
type Shocks = Fields<typeof MARKET_SHOCKS>;
type Flows = Fields<typeof FLOWS>;
type Uses = typeof USES;

function reset(s: State, p: Params, _d: DrawKey, u: Uses): void {
  s.supply = u.units(p.supplyStart);
  s.treasury = u.units(p.treasuryShare * p.supplyStart);
  s.liquid = s.supply - s.treasury;
  u.resetMarket(s, p, u);
  s.demand = 0;
  s.capacity = 1.1;
  s.usage = 1;
  s.issuance = u.START_ISSUANCE;
  s.burnShare = u.START_BURN_SHARE;
}

function step(s: State, p: Params, a: Applied, z: Shocks, f: Flows, u: Uses): void {
  const days = p.stepDays;
  const years = days / u.DAYS_PER_YEAR;
  const supply = s.supply;
  const liquid = s.liquid;
  const policyMove = a.issuance - s.issuance;
  f.move = u.moveSize(s, a, u);

  // Users come and go; relays serve what they can.
  const pull = p.growthShift - p.demandReversion * s.demand;
  const adoption = years * pull + p.demandVolatility * Math.sqrt(years) * z.demand;
  s.demand = u.clamp(s.demand + adoption + u.eventNow(s, p, days) * p.eventDemand, -7, 4);
  const wanted = Math.exp(s.demand);
  const served = Math.min(wanted, s.capacity);
  f.service = served;
  f.unserved = 1 - served / wanted;

  // Payments buy tokens on the market. Every flow of tokens passes through `units`, and none exceeds the breakers' limits.
  const paid = u.units(Math.min((p.spendReference * served * days) / s.price, 0.05 * liquid));
  const burned = u.units(Math.min(a.burnShare * paid, a.burnLimit));
  const minted = u.units(Math.min(a.issuance * years * supply, a.mintLimit));
  const earned = paid - burned + minted;
  s.liquid = liquid - burned + minted;
  s.supply = supply + minted - burned;

  // Relays follow the margin.
  const margin = (earned * s.price) / (p.costReference * s.capacity * days);
  const growth = p.entrySpeed * days * Math.log(u.clamp(margin, 0.1, 10));
  s.capacity = u.clamp(s.capacity * Math.exp(growth), 0.001, 50);
  s.usage = s.usage + 0.05 * (days / u.DAY) * (served - s.usage);

  const trades = {
    bought: paid,
    sold: p.selling * earned,
    liquid,
    // No holder is paid. A bare 0 would have no unit here, since tokens are divided by tokens.
    rewards: 0 * minted,
    minted,
    burned,
    supply,
    logUsage: Math.log(Math.max(s.usage, 0.0001)),
    locked: s.treasury / s.supply,
    lockedStart: p.treasuryShare,
    trustLoss: p.trustUnserved * f.unserved,
    policyMove,
  };
  u.tradeStep(s, p, z, f, trades, u);
  s.issuance = a.issuance;
  s.burnShare = a.burnShare;
}

function moveSize(s: State, a: Applied, u: Uses): number {
  const issuance = (a.issuance - s.issuance) / u.MOVE_ISSUANCE;
  const burnShare = (a.burnShare - s.burnShare) / u.MOVE_BURN_SHARE;
  return 0.5 * (issuance * issuance + burnShare * burnShare);
}

function observe(o: Fields<typeof OBSERVATIONS>, s: State, _p: Params, z: Shocks, u: Uses): void {
  u.observeMarket(o, s, z, u);
  o.demand = s.demand;
  o.logCapacity = Math.log(s.capacity);
  o.issuance = s.issuance;
  o.burnShare = s.burnShare;
}

function objective(r: Fields<typeof TERMS>, s: State, _p: Params, _a: Applied, f: Flows, u: Uses): void {
  r.service = Math.log(Math.max(f.service, 0.02));
  u.marketTerms(r, s, f, f.move, u);
}

/** Everything else that the functions use. */
const USES = {
  ...MARKET_USES,
  moveSize,
  START_ISSUANCE: ACTIONS.issuance.start,
  START_BURN_SHARE: ACTIONS.burnShare.start,
  MOVE_ISSUANCE: ACTIONS.issuance.maxMove,
  MOVE_BURN_SHARE: ACTIONS.burnShare.maxMove,
};

export const relays = defineEconomy({
  id: "relays-v1",
  doc: "Relays: users pay for bandwidth, operators earn payments and issuance",
  token: { symbol: "RLY", decimals: 6 },
  balances: ["liquid", "treasury"],
  state: STATE,
  params: PARAMS,
  varying: MARKET_VARYING,
  presets: { small: { doc: "a tenth of the users", overrides: { spendReference: 500, costReference: 800 } } },
  actions: { kind: "continuous", fields: ACTIONS },
  shocks: MARKET_SHOCKS,
  flows: FLOWS,
  observations: OBSERVATIONS,
  hidden: [...MARKET_HIDDEN, "capacity"],
  terms: TERMS,
  objectives: { balanced: { service: 1, holder: 1.5, holderRaw: 0, stability: 0.25, dilution: 0.5, smooth: 0.02, ruin: 600 } },
  constraints: MARKET_CONSTRAINTS,
  horizon: 365,
  observationDelay: 1,
  actionDelay: 0,
  scenarios: MARKET_SCENARIOS,
  uses: USES,
  useUnits: { ...MARKET_USE_UNITS, START_ISSUANCE: "1/year", MOVE_ISSUANCE: "1/year" },
  functions: {
    drawParams: MARKET_USES.drawMarketParams,
    reset,
    draw: MARKET_USES.drawMarket,
    step,
    observe,
    objective,
    costs: (k, s, _p, _a, f, u) => u.marketCosts(k, s, f, u),
    terminated: (s, _p, _f, u) => u.ruined(s, u),
  },
  account: MARKET_USES.account,
});
