import { table } from "../env/assumptions.js";
import { renderEconomy } from "./economy-page.js";
import { type EconomyReport, economyVerdicts } from "./economy-report.js";
import { failures, passedOf, type Verdict } from "./verdicts.js";

/** Page of the gates that only one economy has, from `docs/`. */
export const detailsFile = (economy: string): string => `validation/${economy}.md`;

/**
 * docs/reference/validation.md. Holds no dates and no timings: the same code writes the same page.
 * @param details verdicts of the economies that have gates of their own
 */
export function renderPage(reports: readonly EconomyReport[], details: readonly Verdict[]): string {
  const verdicts = [...reports.flatMap(economyVerdicts), ...details.map((verdict) => ({ ...verdict, family: OWN }))];
  const hasDetails = (economy: string) => details.some((verdict) => verdict.economy === economy);
  return [
    "# Validation of the economies",
    "",
    "Written by `npm run validate`, which runs everything below on random numbers of its own and exits with 1 when a **mandatory** check fails.",
    "A check that is not mandatory is a claim that we would like to hold; where it does not, this page says so. Ranges of figures are wide and some",
    "were set with the first results in sight, so that they say little; directions, step length and scale say more. Every economy is lived under the rule that is in force for it, on the compiled simulator, without circuit breakers. What the numbers",
    "rest on: [assumptions.md](assumptions.md). Real prices are Ether's, the one long series that is free to use: all tokens share one market core.",
    "",
    ...resultSection(verdicts),
    ...finalityNote(),
    ...reports.flatMap((report) => {
      const { id } = report.spec.economy;
      return renderEconomy(report, hasDetails(id) ? detailsFile(id) : undefined);
    }),
  ].join("\n");
}

const OWN = "its own gates";

function resultSection(verdicts: readonly Verdict[]): string[] {
  const families = [...new Set(verdicts.map(({ family }) => family))];
  const economies = [...new Set(verdicts.map(({ economy }) => economy))];
  const rows = economies.map((id) => [
    `\`${id}\``,
    ...families.map((name) => passedOf(verdicts.filter(({ economy, family }) => economy === id && family === name))),
  ]);
  return ["## Result", "", "Checks passed:", "", ...table(["economy", ...families], rows), "", ...failures(verdicts)];
}

function finalityNote(): string[] {
  return [
    "Blocks of 6, 12 and 15 seconds are what is quoted for Akash, Bittensor and Render. The first two are block times, the third is not (Solana's slot",
    "is about 0.4 s), and finality takes longer than a block; the longer delays in the tables say where lateness would begin to matter.",
    "",
  ];
}
