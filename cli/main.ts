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

quit(await runCli(process.argv.slice(2), nodeIo(quit)));
