import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const MAIN = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));

test("a document larger than a pipe holds arrives whole at a reader that is slow", async () => {
  const child = spawn(process.execPath, [MAIN, "economies", "--json"], { stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  // Nothing is read until the pipe is full: 64 KiB on Linux, and then what the reader buffers.
  await new Promise((resolve) => child.stdout.once("readable", resolve));
  await new Promise((resolve) => setTimeout(resolve, 500));
  let text = "";
  for await (const part of child.stdout) text += part;
  expect(text.length).toBeGreaterThan(3 * 65_536);
  expect(() => JSON.parse(text)).not.toThrow();
});
