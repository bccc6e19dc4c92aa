import { expect, test } from "vitest";
import { mean } from "../core/statistics.js";
import { makeBittensor } from "../env/economies/bittensor/index.js";
import { ECONOMIES } from "../env/economies/index.js";
import { listed } from "../env/listed/listed.js";
import { LISTED_KINDS } from "../env/listed/params.js";
import { livePathsOf } from "../validation/live-paths.js";
import { hold } from "../validation/plain-path.js";

const WORLDS = [...ECONOMIES, makeBittensor(16)].flatMap((economy) => [
  economy,
  ...LISTED_KINDS.map((kind) => listed(economy, kind)),
]);

test.each(WORLDS.map((world) => [world.id, world] as const))("%s has statistics of every observation", (_, world) => {
  const statistics = world.observationStatistics!;
  expect(Object.keys(statistics).sort()).toEqual(Object.keys(world.observations).sort());
  for (const [name, { spread }] of Object.entries(statistics)) expect(spread, name).toBeGreaterThan(0);
});

test.each(
  [ECONOMIES.find(({ id }) => id === "bittensor-v1")!, listed(ECONOMIES[0]!, "spac")].map(
    (world) => [world.id, world] as const,
  ),
)("%s under the actions in force stays near its statistics", (_, world) => {
  const seen: Record<string, number[]> = Object.fromEntries(Object.keys(world.observations).map((name) => [name, []]));
  const request = hold();
  const watch: typeof request = (o, a, decision, memory) => {
    request(o, a, decision, memory);
    for (const name of Object.keys(seen)) seen[name]!.push(o[name]!);
  };
  livePathsOf(world, watch, { paths: 8, split: "selection", episode: 1000 });
  for (const [name, { center, spread }] of Object.entries(world.observationStatistics!)) {
    expect(Math.abs(mean(seen[name]!) - center), name).toBeLessThan(1.5 * spread);
  }
});
