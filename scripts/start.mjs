// The main job on a fresh clone: trains a controller for Akash, compares it with every fixed rule on markets that neither has
// seen, and exports it. Each step is a command that you can type yourself; it is printed before it runs.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const cli = join(root, "dist/cli/main.js");
const folder = freeFolder("runs/learned");
const started = Date.now();

flyball("train", "akash", "--out", folder);
flyball("export", folder, "--out", `${folder}/controller.json`);
flyball(
  "evaluate",
  folder,
  "rules",
  "--economy",
  "akash",
  "--scenarios",
  "all",
  "--episodes",
  "200",
  "--out",
  `${folder}/report`,
);

console.log(`\ncontroller  ${folder}/controller.json`);
console.log(`report      ${folder}/report/report.html (open it in a browser)`);
console.log(`all of it   ${Math.round((Date.now() - started) / 1000)} s`);

/** The first of runs/learned, runs/learned-2, … that is not there yet: a run is never overwritten. */
function freeFolder(name) {
  let folder = name;
  for (let n = 2; isTaken(folder); n++) folder = `${name}-${n}`;
  return folder;
}

function isTaken(folder) {
  const path = join(root, folder);
  return existsSync(path) && readdirSync(path).length > 0;
}

function flyball(...args) {
  console.log(`\n$ flyball ${args.join(" ")}`);
  const { status, signal } = spawnSync(process.execPath, [cli, ...args], { cwd: root, stdio: "inherit" });
  if (status !== 0) {
    console.error(
      `stopped: flyball ${args[0]} ended with ${signal ?? status}; its folder is ${relative(process.cwd(), join(root, folder))}`,
    );
    process.exit(status ?? 1);
  }
}
