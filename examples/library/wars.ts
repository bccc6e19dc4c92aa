import { runWars } from "flyball";

const { agents, days } = runWars({
  agents: [
    { id: "left", economy: "akash" },
    { id: "right", economy: "render" },
  ],
  controllers: { left: "akash-bme", right: "none" },
  numLanes: 8,
  horizon: 60,
  split: "test",
});
for (const [id, { capitalShare }] of Object.entries(agents)) {
  console.log(`${id} holds ${(100 * capitalShare[days]!).toFixed(1)} % of the sector's capital after ${days} days`);
}
