import type { AssumptionsPart, ParamSet } from "./assumptions.js";
import { ECONOMIES } from "./economies/index.js";
import { LISTED_KINDS, type ListedKind, listedParams } from "./listed/params.js";
import { LISTED_VARYING } from "./listed/scenarios.js";
import { SECTOR_PARAMS } from "./wars/sector-params.js";

/** What docs/reference/assumptions.md is about: every economy that comes with flyball. */
export const ASSUMPTIONS: readonly AssumptionsPart[] = ECONOMIES.map((economy) => ({
  economy,
  weakPoints: economy.weakPoints ?? [],
}));

const [first, ...others] = LISTED_KINDS;

/** Parameters of the layers that lie over economies. */
export const LAYERS: readonly ParamSet[] = [
  {
    title: "Listed layer",
    doc: `\`--listed ${first}\` on any economy.`,
    params: listedParams(first),
    varying: LISTED_VARYING,
  },
  ...others.map((kind) => ({
    title: `Listed layer, ${kind}`,
    doc: `Where \`${kind}\` differs from \`${first}\`.`,
    params: differing(kind),
    varying: LISTED_VARYING,
  })),
  {
    title: "Token wars",
    doc: "What the economies of one world share.",
    params: SECTOR_PARAMS,
    varying: [],
  },
];

function differing(kind: ListedKind) {
  const usual = listedParams(first);
  const own = Object.entries(listedParams(kind));
  return Object.fromEntries(own.filter(([name, { value }]) => value !== usual[name as keyof typeof usual].value));
}
