import { createExactWars, findEconomy, makeRule, makeWars, runWars, startController } from "flyball";

// Four economies share investors' capital and providers, each governed by its protocol's rule. From the repository:
//   npm run build && node dist/examples/token-wars.js [COPIES] [DAYS] [DAYS ON THE LEDGER]

const [copies = 1024, days = 365, exactDays = 60] = process.argv.slice(2).map(Number);

const agents = [
  { id: "akash", economy: findEconomy("akash") },
  { id: "bittensor", economy: findEconomy("bittensor") },
  { id: "render", economy: findEconomy("render") },
  { id: "worldcoin", economy: findEconomy("worldcoin") },
];
const controllers = { akash: "cosmos-mint", bittensor: "tao-protocol", render: "render-rnp-020", worldcoin: "wld-table" };

/** One month, day by day: each agent sees its own economy and acts on it. */
function playMonth(): void {
  const env = makeWars({ agents, horizon: 30 });
  const players = agents.map(({ id, economy }) => {
    return [id, startController(makeRule(controllers[id as keyof typeof controllers], economy), economy)] as const;
  });
  let { observations } = env.reset({ seed: 1 });
  while (env.agents.length > 0) {
    const live = players.filter(([id]) => env.agents.includes(id));
    const result = env.step(Object.fromEntries(live.map(([id, player]) => [id, player(observations[id]!)])));
    observations = result.observations;
    if (env.agents.length > 0) continue;
    for (const [id, { sector, flows }] of Object.entries(result.infos)) {
      console.log(
        `  ${id}: price ${flows["price"]!.toFixed(2)} USD, ${(sector.capital / 1e6).toFixed(1)} M USD of the sector's capital`,
      );
    }
  }
}

/** Many copies for a year, at rising speculation: does capital follow use or hype? */
function playMany(speculativeShare: number, device: "js" | "wasm"): void {
  const run = runWars({ agents, controllers, sector: { speculativeShare }, horizon: days, numLanes: copies, device });
  const share = (id: string) => run.agents[id]!.capitalShare.at(-1)! / run.agents[id]!.capitalShare[0]!;
  const shares = agents.map(({ id }) => `${id} x${share(id).toFixed(3)}`).join(", ");
  console.log(
    `  speculators ${speculativeShare}, ${device}: share of capital ${shares}; books off by ${run.capitalError.toExponential(1)}`,
  );
}

/** On the ledger every step checks four tokens and the sector's capital to the last unit, and throws if one is missing. */
function playExact(): void {
  const exact = createExactWars({ agents });
  exact.reset(1, 0);
  const held = agents.map(({ id, economy }) => {
    if (economy.actions.kind === "discrete") throw new Error("these economies have controls");
    return [id, Object.values(economy.actions.fields).map(({ start }) => start)] as const;
  });
  for (let day = 0; day < exactDays; day++) exact.step(Object.fromEntries(held));
  console.log(`  ${exactDays} days balance; ${exact.readSector("cash")} USD wait in cash`);
}

console.log("one month");
playMonth();
console.log(`${copies} copies, ${days} days`);
for (const speculativeShare of [0, 0.5, 1]) playMany(speculativeShare, "wasm");
playMany(0.5, "js");
console.log("on the ledger");
playExact();
