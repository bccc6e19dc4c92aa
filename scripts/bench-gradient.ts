// What the gradient through a year costs, against a forward simulation with the same policy: `npm run bench:gradient [ECONOMY ..]`.
import { measureYearGradient } from "../bench/year-gradient.js";
import { renderTable } from "../cli/terminal/table.js";
import { ECONOMIES } from "../env/economies/index.js";
import { findEconomy } from "../env/registry.js";

const EPISODES = 128;
const ROUNDS = 15;

const given = process.argv.slice(2).map((id) => findEconomy(id));
for (const economy of given.length > 0 ? given : ECONOMIES) {
  const { days, forward, gradient, ratio, calls } = await measureYearGradient(economy, { episodes: EPISODES, rounds: ROUNDS });
  const ms = (seconds: number) => (1000 * seconds).toFixed(1);
  const rows = calls.filter(({ share }) => share >= 0.005).map(({ name, share }) => [name, `${(100 * share).toFixed(1)} %`]);
  process.stdout.write(`${economy.id}: gradient over ${EPISODES} episodes of ${days} steps ${ms(gradient)} ms, `);
  process.stdout.write(`simulation ${ms(forward)} ms of processor time, ratio ${ratio.toFixed(2)}\n`);
  process.stdout.write(`${renderTable(["call by itself", "share"], rows)}\n\n`);
}
