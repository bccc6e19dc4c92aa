import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Io } from "../../cli/io.js";
import { runCli } from "../../cli/run.js";
import { ECONOMIES, findEconomy, runWars } from "../../index.js";
import { TRAININGS, TUNINGS, WORLDS } from "./cases.js";
import { hashNumbers, metricNumbers, policyNumbers, reportNumbers, trajectoryHash, tunedNumbers } from "./numbers.js";

/**
 * What the product computes, in small: one line a piece of work, with the hash of its numbers. The same on every machine with the
 * same version of Node.js, since nothing here depends on threads or time.
 * @param io its `cwd` must be an empty folder
 */
export async function* digestLines(io: Io): AsyncGenerator<string> {
  const text = (path: string) => readFileSync(join(io.cwd, path), "utf8");
  const flyball = async (...args: string[]) => {
    const code = await runCli(args, io);
    if (code !== 0) throw new Error(`flyball ${args.join(" ")} ended with ${code}`);
  };
  for (const [i, { name, world, device, steps, settings }] of TRAININGS.entries()) {
    const set = settings.flatMap((setting) => ["--set", setting]);
    const [economy = "", ...listing] = world.args.slice(1);
    const run = ["--steps", String(steps), "--seed", "3", "--threads", "1", "--device", device, ...set];
    await flyball("train", economy, ...listing, "--out", `run${i}`, ...run);
    await flyball("export", `run${i}`, "--out", `controller${i}.json`);
    yield line(`train ${device}`, name, hashNumbers(metricNumbers(text(`run${i}/metrics.jsonl`))));
    yield line(`export ${device}`, name, hashNumbers(policyNumbers(text(`controller${i}.json`))));
  }
  for (const [i, { name, args, rules }] of WORLDS.entries()) {
    const sizes = ["--scenarios", "base,crash", "--episodes", "3", "--days", "120", "--threads", "1", "--quick"];
    await flyball("evaluate", `controller${i}.json`, ...rules, "none", ...args, ...sizes, "--out", `report${i}`);
    yield line("evaluate", name, hashNumbers(reportNumbers(text(`report${i}/report.json`))));
    const crash = ["--scenario", "crash", "--seed", "5"];
    await flyball("simulate", `controller${i}.json`, ...args, ...crash, "--days", "120", "--out", `float${i}.csv`);
    yield line("simulate", name, trajectoryHash(text(`float${i}.csv`)));
    await flyball("simulate", rules[0]!, ...args, ...crash, "--days", "15", "--exact", "--out", `exact${i}.csv`);
    yield line("simulate exact", name, trajectoryHash(text(`exact${i}.csv`)));
  }
  for (const { economy, rule, budget } of TUNINGS) {
    await flyball("tune", rule, "--economy", economy, "--budget", String(budget), "--threads", "1", "--out", "tuned.json");
    yield line("tune", `${economy} ${rule}`, hashNumbers(tunedNumbers(text("tuned.json"))));
  }
  yield line("wars", "four economies", hashNumbers(warsNumbers()));
}

/** Every economy under its protocol's rule, in one sector. */
function warsNumbers(): unknown {
  const controllers = { akash: "cosmos-mint", bittensor: "tao-protocol", render: "render-rnp-020", worldcoin: "wld-table" };
  const agents = Object.keys(controllers).map((id) => ({ id, economy: findEconomy(id) }));
  if (agents.length !== Object.keys(ECONOMIES).length) throw new Error("an economy is missing in the digest's wars");
  const run = runWars({ agents, controllers, horizon: 60, numLanes: 8 });
  return Object.entries(run.agents).map(([id, agent]) => [id, Object.values(agent).map((values) => [...values])]);
}

const line = (work: string, name: string, hash: string) => `${work.padEnd(18)} ${name.padEnd(24)} ${hash}`;
