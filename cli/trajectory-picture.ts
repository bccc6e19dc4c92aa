import { type Controller, isLearned } from "../agents/controller/controller.js";
import type { Economy } from "../env/economy.js";
import type { ActionSpec } from "../env/world.js";
import type { Tone } from "../eval/plot-frame.js";
import type { PlottedTrajectory } from "../eval/trajectory-plot.js";
import type { Trajectory } from "./trajectory.js";

const LEARNED_TONES: readonly Tone[] = ["learned", "learned2", "learned3"];
const RULE_TONES: readonly Tone[] = ["baseline", "data", "rule"];
/** More lines than colours cannot be told apart. */
export const MAX_PLOTTED = LEARNED_TONES.length + RULE_TONES.length;

interface Picture {
  readonly economy: Economy;
  readonly scenario: string;
  readonly seed: number;
  readonly runs: readonly { readonly id: string; readonly controller: Controller; readonly trajectory: Trajectory }[];
}

/** An SVG file: price, supply and levers over the days, the controllers on the same market. */
export async function plotTrajectories({ economy, scenario, seed, runs }: Picture): Promise<string> {
  // What draws is a third of all modules: commands that draw nothing start without it.
  const [{ standaloneSvg }, { trajectoryPlot }] = await Promise.all([
    import("../eval/plot-frame.js"),
    import("../eval/trajectory-plot.js"),
  ]);
  const tones = { learned: [...LEARNED_TONES], rule: [...RULE_TONES] };
  const trajectories = runs.map(({ id, controller, trajectory }) => {
    const [own, other] = isLearned(controller) ? [tones.learned, tones.rule] : [tones.rule, tones.learned];
    return plotted(id, (own.shift() ?? other.pop())!, trajectory);
  });
  const title = `${economy.id}, scenario ${scenario}, seed ${seed}: the same market under ${runs.map(({ id }) => id).join(" and ")}`;
  return `${standaloneSvg(trajectoryPlot({ title, trajectories, leverTitles: leverTitles(economy) }))}\n`;
}

function plotted(label: string, tone: Tone, { rows }: Trajectory): PlottedTrajectory {
  const column = (name: string) => rows.map((row) => Number(row[name]));
  const levers = Object.keys(rows[0]!).filter((name) => name.startsWith("applied."));
  return {
    label,
    tone,
    days: column("day"),
    price: column("price"),
    supply: column("supply"),
    levers: Object.fromEntries(levers.map((name) => [name.slice("applied.".length), column(name)])),
    held: column("breaker.tripped").map((tripped) => tripped > 0),
  };
}

function leverTitles({ actions }: Economy): Record<string, string> {
  if (actions.kind !== "continuous") return {};
  const titleOf = (name: string, { unit, doc }: ActionSpec) => `${name}: ${doc}${unit === "1" ? "" : `, ${unit}`}`;
  return Object.fromEntries(Object.entries(actions.fields).map(([name, spec]) => [name, titleOf(name, spec)]));
}
