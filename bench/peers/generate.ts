// Writes the generated Python module of an economy: node dist/bench/peers/generate.js FILE [economy] [32 | 64]
import { writeFileSync } from "node:fs";
import { findEconomy } from "../../env/registry.js";
import { economyModule } from "./economy-module.js";

const [file = "economy_step.py", economy = "akash", precision = "32"] = process.argv.slice(2);
writeFileSync(file, economyModule(findEconomy(economy), precision === "64" ? 64 : 32));
