#!/usr/bin/env node
import { nodeIo } from "./node-io.js";
import { runCli } from "./run.js";

/** The only place where the process ends by its own hand. */
function quit(code: number): never {
  process.exit(code);
}

// A closed pipe (`flyball rules | head -1`) is no error of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") quit(0);
  throw error;
});

const code = await runCli(process.argv.slice(2), nodeIo(quit));
// Writes to a pipe are asynchronous, and to leave at once would cut off what its reader has not taken yet.
for (const stream of [process.stdout, process.stderr]) await new Promise<void>((resolve) => stream.write("", () => resolve()));
quit(code);
