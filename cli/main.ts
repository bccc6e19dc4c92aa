#!/usr/bin/env node
import { formatUserError } from "../core/errors.js";
import { explainOutputFailure } from "./files.js";
import { EXIT_CODES } from "./interrupt.js";
import { nodeIo } from "./node-io.js";
import { runCli } from "./run.js";

/** The only place where the process ends by its own hand. */
function quit(code: number): never {
  process.exit(code);
}

/** Writes to a pipe are asynchronous, and to leave at once would cut off what its reader has not taken yet. */
async function flush(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.destroyed) await new Promise<void>((resolve) => stream.write("", () => resolve()));
  }
}

const io = nodeIo(quit);
const code = await runCli(process.argv.slice(2), io);
await flush();
const failure = io.stdout.failure();
if (code !== EXIT_CODES.done || failure === undefined) quit(code);
io.stderr.write(formatUserError(explainOutputFailure(failure)));
await flush();
quit(EXIT_CODES.refused);
