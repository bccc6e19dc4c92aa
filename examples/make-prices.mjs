// Makes examples/prices.csv: a made-up token's daily price over two years. It says nothing of any market.
// Log returns are Student-t with 4 degrees of freedom (heavy tails), 5 % deviation a day, no drift. Run: node examples/make-prices.mjs
import { writeFileSync } from "node:fs";
import seedrandom from "seedrandom";

const random = seedrandom("prices");
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
// t = normal / sqrt(chi2 / 4); its variance is 2.
const heavy = () => normal() / Math.sqrt(Array.from({ length: 4 }, () => normal() ** 2).reduce((sum, x) => sum + x) / 4);
const rows = ["date,price_usd"];
for (let day = 0, price = 2.5; day < 730; day++) {
  rows.push(`${new Date(Date.UTC(2023, 0, 1 + day)).toISOString().slice(0, 10)},${price.toPrecision(6)}`);
  price *= Math.exp((0.05 * heavy()) / Math.SQRT2);
}
writeFileSync(new URL("prices.csv", import.meta.url), `${rows.join("\n")}\n`);
