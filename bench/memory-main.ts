import { createLearner } from "../agents/ppo/wasm/wasm-learner.js";
import { findEconomy } from "../env/registry.js";
import { learnerOptions } from "./learner-parts.js";

// A process of its own, so that its memory is the learner's and Node's alone: node memory-main.js ECONOMY LANES THREADS
const [economy = "", lanes, threads] = process.argv.slice(2);
const learner = await createLearner(learnerOptions(findEconomy(economy), Number(threads), { numEnvs: Number(lanes) }));
for (let i = 0; i < 2; i++) await learner.iterate();
await learner.dispose();
// Largest resident set so far, KiB.
process.stdout.write(JSON.stringify({ bytes: learner.bytes, rssBytes: process.resourceUsage().maxRSS * 1024 }));
