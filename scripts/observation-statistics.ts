// Prints what the observations of each economy that is named are usually like, as tables for `observationStatistics`.
// `node dist/scripts/observation-statistics.js bittensor akash+spac`
import { actionFields } from "../agents/rules/role-fields.js";
import { stream, uniform4 } from "../core/random.js";
import { mean } from "../core/statistics.js";
import type { Economy } from "../env/economy.js";
import { resolveParams } from "../env/params.js";
import { findEconomy } from "../env/registry.js";
import type { Values } from "../env/world.js";
import { livePathsOf } from "../validation/live-paths.js";
import { hold } from "../validation/plain-path.js";

const YEARS = 120;
const SEED = 1;
const SPLIT = "selection";
/** Share of a band that drawn actions come from, around its middle. */
const REACH = 0.8;

for (const name of process.argv.slice(2)) {
  console.log(`${name}:`);
  for (const [observed, values] of Object.entries(observe(findEconomy(name)))) {
    const center = mean(values);
    const spread = Math.sqrt(mean(values.map((x) => (x - center) ** 2)));
    console.log(`  ${observed}: at(${short(center, spread)}, ${Number(spread.toPrecision(2))}),`);
  }
}

/** All values that each observation takes in randomised years, half of them under the actions in force, half under drawn constant ones. */
function observe(economy: Economy): Readonly<Record<string, number[]>> {
  const all: Record<string, number[]> = {};
  for (let year = 0; year < YEARS; year++) {
    const controller = hold(year % 2 === 0 ? {} : drawnActions(economy, year));
    const watch: typeof controller = (o, a, decision, memory) => {
      controller(o, a, decision, memory);
      for (const [field, value] of Object.entries(o)) {
        // Equal elements, such as quality0 and quality1, share their statistics.
        const name = field.replace(/\d+$/, "#");
        all[name] ??= [];
        all[name].push(value);
      }
    };
    livePathsOf(economy, watch, { paths: 1, episode: year, seed: SEED, split: SPLIT, overrides: drawnParams(economy, year) });
  }
  return all;
}

function drawnParams(economy: Economy, episode: number): Values {
  const params = { ...resolveParams(economy, {}) };
  const key = { seed: SEED, episode, day: 0, stream: stream("scenario", SPLIT) };
  economy.functions.drawParams(params, key, economy.uses);
  return params;
}

function drawnActions(economy: Economy, episode: number): Values {
  const draw = (i: number) => 0.5 + REACH * (uniform4(SEED, episode, i, stream("policy", SPLIT)).a - 0.5);
  return Object.fromEntries(
    Object.entries(actionFields(economy)).map(([name, { low, high }], i) => [name, low + (high - low) * draw(i)]),
  );
}

/** A centre to a tenth of the spread. */
function short(center: number, spread: number): number {
  const digits = Math.max(0, 1 - Math.floor(Math.log10(Math.max(spread, 1e-9))));
  return Number(center.toFixed(Math.min(digits, 12)));
}
