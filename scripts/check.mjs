// What `npm test` does before the tests, all at the same time: builds, lints and checks types. A compiler keeps one core busy.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

// The build and the types both need the kernels.
await finish([start("node", ["scripts/build-kernels.mjs"])]);
await finish([
  start("node", ["scripts/setup.mjs"]),
  start("npm", ["run", "--silent", "typecheck"]),
  start("npm", ["run", "--silent", "lint"]),
]);

/** Runs a command; its output comes as a whole when it ends, so that outputs do not mix. */
function start(command, args) {
  const name = `${command} ${args.join(" ")}`;
  // On Windows npm is a script that only a shell can start.
  const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], shell: process.platform === "win32" });
  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => chunks.push(chunk));
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ name, ok: false, output: `${error.message}\n` }));
    child.on("close", (code) => resolve({ name, ok: code === 0, output: Buffer.concat(chunks).toString() }));
  });
}

async function finish(commands) {
  const ends = await Promise.all(commands.map((command) => command.then(say)));
  const failed = ends.filter(({ ok }) => !ok);
  if (failed.length === 0) return;
  console.error(`error: ${failed.map(({ name }) => name).join(", ")} failed\n  see above`);
  process.exit(1);
}

function say(end) {
  if (end.output !== "") process.stderr.write(`> ${end.name}\n${end.output}`);
  return end;
}
