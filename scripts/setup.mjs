// Makes a fresh clone ready: installs packages when they are missing or the lock file changed, builds when a source changed.
// Runs before `npm start` and the other commands; with --install it leaves the build to scripts/check.mjs. Needs nothing but Node.js.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const OLDEST = [20, 19];
const SOURCES = [
  "agents",
  "bench",
  "cli",
  "compiler",
  "core",
  "env",
  "eval",
  "examples",
  "models",
  "probes",
  "reference",
  "scripts",
  "train",
  "validation",
];
const SOURCE_FILES = ["index.ts", "package.json", "tsconfig.json", "tsconfig.build.json"];

checkNode();
install();
if (!process.argv.includes("--install")) build();

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  stop(
    `error: flyball needs Node.js ${OLDEST.join(".")} or newer, this is ${process.versions.node}`,
    "install it from https://nodejs.org",
  );
}

function install() {
  const hash = hashFiles(["package-lock.json"]);
  const stamp = join(root, "node_modules/.flyball-install");
  if (readOr(stamp) === hash) return;
  console.error("flyball: installing packages (once) …");
  // @tensorflow/tfjs-node-gpu is optional: npm goes on when its own install step fails. Other optional packages are the
  // bundlers' binaries, so optional packages as a whole must stay in.
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], "check the network, then run it again");
  writeFileSync(stamp, hash);
}

function build() {
  const hash = hashFiles([...SOURCE_FILES, ...SOURCES.flatMap(listSources)]);
  const stamp = join(root, "dist/.flyball-build");
  if (readOr(stamp) === hash) return;
  console.error("flyball: building …");
  // What a moved source left behind would still be found under its old path.
  rmSync(join(root, "dist"), { recursive: true, force: true });
  run("npm", ["run", "--silent", "build"], "fix what the compiler names above");
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
}

/** Files that the build reads, in a fixed order; tests and generated files are left out. */
function listSources(folder) {
  const full = join(root, folder);
  if (!existsSync(full)) return [];
  return readdirSync(full)
    .sort()
    .flatMap((name) => {
      const path = `${folder}/${name}`;
      if (statSync(join(root, path)).isDirectory()) return name === "generated" ? [] : listSources(path);
      return /\.(ts|mjs|json)$/.test(name) && !name.endsWith(".test.ts") ? [path] : [];
    });
}

function hashFiles(paths) {
  const hash = createHash("sha256");
  for (const path of paths) hash.update(`${path}\0${readOr(join(root, path))}\0`);
  return hash.digest("hex");
}

function readOr(path, fallback = "") {
  return existsSync(path) ? readFileSync(path, "utf8") : fallback;
}

function run(command, args, todo) {
  // On Windows npm is a script that only a shell can start.
  const { status } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
  if (status !== 0) stop(`error: ${command} ${args.join(" ")} failed`, todo);
}

function stop(what, todo) {
  console.error(`${what}\n  ${todo}`);
  process.exit(1);
}
