// Builds the pages of the library's API from the docstrings of index.ts, into docs/api/. `npm run api`
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..");
const npm = ["ci", "--prefix", join(here, "api"), "--no-audit", "--no-fund", "--loglevel=error"];
run("npm", npm, { shell: process.platform === "win32" });
run(process.execPath, [join(here, "api/node_modules/typedoc/bin/typedoc"), "--options", join(here, "api/typedoc.json")]);

function run(command, args, options = {}) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (status !== 0) process.exit(status ?? 1);
}
