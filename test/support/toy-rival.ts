import { units } from "../../compiler/primitives.js";
import type { RecordSpec, Uses } from "../../compiler/schema.js";
import { defineEconomy } from "../../env/define-world.js";
import type { DrawKey, ParamSpec, StateValues, Values, WorldFunctions } from "../../env/world.js";
import { toyEconomy } from "./toy-economy.js";

type Rival = Uses & { readonly toy: WorldFunctions; readonly units: typeof units };

const SOURCE = "made up: a toy to test with";

const STATE: RecordSpec = {
  ...toyEconomy.state,
  outsideOrder: { unit: "USD", doc: "net purchase from outside, carried out in the next step", scale: 1 },
  capacityEfficient: { unit: "unit", doc: "capacity", scale: 1000 },
  marginEfficient: { unit: "1", doc: "margin of providers" },
};

const PARAMS: Readonly<Record<string, ParamSpec>> = {
  ...toyEconomy.params,
  orderImpact: {
    value: 2,
    low: 0,
    high: 10,
    unit: "1",
    source: SOURCE,
    doc: "log price per order as a share of market value",
  },
  margin: { value: 0, low: -1, high: 2, unit: "1", source: SOURCE, doc: "margin of providers" },
};

/** The toy economy as a member of a sector: outside capital moves its price, and providers come and go at a margin that is a parameter. */
export const toyRival = defineEconomy({
  ...toyEconomy,
  id: "toy-rival-v1",
  state: STATE,
  params: PARAMS,
  uses: { ...toyEconomy.uses, units, toy: { ...toyEconomy.functions, account: toyEconomy.account } },
  functions: { ...toyEconomy.functions, reset, step },
});

function reset(s: StateValues, p: Values, d: DrawKey, u: Rival): void {
  u.toy.reset(s, p, d, u);
  // Whole base units, as the ledger wants them.
  s.staked = u.units(s.staked!);
  s.circulating = p.startSupply! - s.staked!;
  s.outsideOrder = 0;
  s.capacityEfficient = 1000;
  s.marginEfficient = p.margin!;
}

function step(s: StateValues, p: Values, a: Values, z: Values, f: Values, u: Rival): void {
  const share = s.outsideOrder! / (s.price! * (s.circulating! + s.staked!));
  u.toy.step(s, p, a, z, f, u);
  s.price = s.price! * Math.exp(p.orderImpact! * share);
  s.outsideOrder = 0;
  s.marginEfficient = p.margin!;
  f.price = s.price!;
}
