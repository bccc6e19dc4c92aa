import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { startPython } from "./python-contestant.js";

const folder = mkdtempSync(join(tmpdir(), "flyball-peers-"));
afterAll(() => rmSync(folder, { recursive: true }));

const hasPython = spawnSync("python3", ["-c", "pass"]).status === 0;

/** A peer that says how it was started and then plays by the rules. */
const FAITHFUL = `
import json, sys
print(json.dumps({"device": " ".join(sys.argv[1:]), "versions": {}, "warmUpSeconds": 0.5}), flush=True)
for line in sys.stdin:
    print(json.dumps({"envSteps": 7, "seconds": float(line)}), flush=True)
`;

function start(source: string) {
  writeFileSync(join(folder, "peer.py"), source);
  const command = { name: "peer", needs: "jax", args: ["peer.py", "--envs", "8"] } as const;
  return startPython(command, { python: "python3", scripts: folder, module: "step.py" });
}

describe.skipIf(!hasPython)("a peer in Python", () => {
  test("says what it is, works when it is asked to, and ends when its input does", async () => {
    const peer = await start(FAITHFUL);
    expect(peer).toMatchObject({ name: "peer", device: "--envs 8 --module step.py --serve", warmUpSeconds: 0.5 });
    expect(await peer.window(2)).toEqual({ envSteps: 7, seconds: 2 });
    expect(await peer.window(0.25)).toEqual({ envSteps: 7, seconds: 0.25 });
    await peer.close();
  });

  test("that dies before it is warm is refused with its last words", async () => {
    await expect(start("raise ValueError('no such economy')")).rejects.toThrow("ValueError: no such economy");
  });

  test("that dies at work fails that window, and is closed already", async () => {
    const peer = await start(`${FAITHFUL.replace("for line in sys.stdin:", "for line in []:")}\nsys.exit("out of memory")`);
    await expect(peer.window(1)).rejects.toThrow("out of memory");
    await peer.close();
  });
});

test("a Python that does not exist is refused by name", async () => {
  const command = { name: "peer", needs: "jax", args: ["peer.py"] } as const;
  const place = { python: join(folder, "nowhere"), scripts: folder, module: "" };
  await expect(startPython(command, place)).rejects.toThrow(/nowhere/);
});
