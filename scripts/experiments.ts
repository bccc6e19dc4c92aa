// The page of experiments: docs/reference/experiments.md. `npm run experiments -- --seeds 1,2,3 --steps 50000000`
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { packageRoot } from "../cli/package-root.js";
import { compareLevers } from "./experiments/levers.js";
import { compareListings } from "./experiments/listings.js";
import { renderExperiments, speculationPlot } from "./experiments/page.js";
import { compareObjectives } from "./experiments/speculation.js";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1,2,3" },
    steps: { type: "string", default: "50000000" },
    episodes: { type: "string", default: "200" },
  },
});
const effort = {
  seeds: values.seeds.split(",").map(Number),
  totalSteps: Number(values.steps),
  episodes: Number(values.episodes),
  numThreads: availableParallelism(),
};
const log = (line: string) => console.error(line);
const listings = await compareListings(effort);
const levers = await compareLevers(effort, log);
const speculation = await compareObjectives(effort, log);

const docs = join(packageRoot(), "docs/reference");
mkdirSync(join(docs, "experiments"), { recursive: true });
writeFileSync(join(docs, "experiments/speculation.svg"), speculationPlot(speculation));
const page = renderExperiments({
  levers,
  speculation,
  listings,
  effort,
  command: `npm run experiments -- --seeds ${values.seeds} --steps ${values.steps}`,
  machine: `${cpus().length} cores of ${cpus()[0]?.model ?? "an unknown processor"}, Node.js ${process.versions.node}`,
  date: new Date().toISOString().slice(0, 10),
});
writeFileSync(join(docs, "experiments.md"), page);
console.error("wrote docs/reference/experiments.md");
