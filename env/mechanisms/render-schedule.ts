/** Original supply of RNDR; RENDER on Solana continues it. Source: RNP-001. */
export const RENDER_ORIGINAL_SUPPLY = 536_870_912;
/** Tokens that may be issued on top: 20 % of the original supply. Source: RNP-001. */
export const RENDER_ISSUANCE_BUDGET = 107_374_182;
/** Largest supply ever. */
export const RENDER_SUPPLY_CAP = RENDER_ORIGINAL_SUPPLY + RENDER_ISSUANCE_BUDGET;
/** From the sixth year on each year issues this much of the year before. Source: RNP-001. */
export const RENDER_DAMPING = 0.945;
/** No year issues more than this share of the budget. Source: RNP-001. */
const YEAR_LIMIT = 0.1;

/** First year, 8.5 % of the budget. Source: RNP-006. */
const FIRST_YEAR = 9_126_804;
/** Second and third year, 5.5 % of the budget: 492,132 a month. Sources: RNP-022, RNP-023. */
const LAUNCH_YEAR = 492_132 * 12;
const LAUNCH_YEARS = 5;

/**
 * Tokens issued in a year of the schedule (1 is 2024), cut off where the budget ends. Years 1 to 3 are as published. The table of the
 * later ones is a spreadsheet outside of RNP-001: here years 4 and 5 are like year 3, then each year is damped. That spends the
 * budget in year 29, where RNP-023 speaks of about year 60. Host function.
 */
export function renderYearEmission(year: number): number {
  let issued = 0;
  for (let i = 1; i < year; i++) issued += plannedYear(i);
  return Math.max(0, Math.min(plannedYear(year), RENDER_ISSUANCE_BUDGET - issued, YEAR_LIMIT * RENDER_ISSUANCE_BUDGET));
}

function plannedYear(year: number): number {
  if (year < 1) return 0;
  if (year === 1) return FIRST_YEAR;
  return LAUNCH_YEAR * RENDER_DAMPING ** Math.max(0, year - LAUNCH_YEARS);
}

/** Emission of a year over that of the last launch year: 1 until then, then damped once a year. */
export function renderDamping(year: number, damping: number): number {
  return damping ** Math.max(0, Math.floor(year) - 5);
}
