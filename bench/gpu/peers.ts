import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import type { Economy } from "../../env/economy.js";
import { economyModule } from "../peers/economy-module.js";
import type { GpuCase } from "./cases.js";

/** A trainer in Python that may be installed beside us. */
interface Peer {
  readonly name: string;
  readonly package: string;
  readonly script: string;
}

export const PEERS: readonly Peer[] = [
  { name: "JAX", package: "jax", script: "jax_ppo.py" },
  { name: "PyTorch", package: "torch", script: "torch_ppo.py" },
];

export interface PeerSpeed {
  readonly name: string;
  /** As the peer names it; a peer may fall back to the CPU. */
  readonly device: string | null;
  readonly envStepsPerSecond: number | null;
  /** Why there is no figure; empty when there is. */
  readonly why: string;
}

const FOLDER = "bench/peers";
const run = promisify(execFile);

/** Why a peer cannot run here; undefined when it can. */
export async function absence(peer: Peer, python: string): Promise<string | undefined> {
  if (!existsSync(join(FOLDER, peer.script))) return `${FOLDER}/${peer.script} is not in the working folder`;
  try {
    await run(python, ["-c", `import ${peer.package}`], { timeout: 60_000 });
    return undefined;
  } catch (error) {
    const words = String((error as { readonly stderr?: string }).stderr ?? error);
    return /ModuleNotFoundError|ENOENT/.test(`${words}${error}`)
      ? `${peer.package} is not installed`
      : `${peer.package} does not load: ${lastLine(words)}`;
  }
}

const REPORT = z.object({ device: z.string(), envStepsPerSecond: z.number().positive() });

/**
 * Times a peer in a process of its own at the sizes of a case, while our own device is idle.
 * @param limitSeconds after which it is ended
 */
export async function measurePeer(
  peer: Peer,
  economy: Economy,
  sizes: GpuCase,
  { python, windowSeconds, limitSeconds }: { python: string; windowSeconds: number; limitSeconds: number },
): Promise<PeerSpeed> {
  const folder = mkdtempSync(join(tmpdir(), "flyball-gpu-"));
  try {
    const module = join(folder, "economy_step.py");
    writeFileSync(module, economyModule(economy));
    const args = [join(FOLDER, peer.script), "--module", module, ...sizeArguments(sizes), "--seconds", String(windowSeconds)];
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1", XLA_PYTHON_CLIENT_PREALLOCATE: "false" };
    const limits = { timeout: 1000 * limitSeconds, killSignal: "SIGKILL", maxBuffer: 2 ** 24 } as const;
    const { stdout } = await run(python, [...args, "--windows", "3", "--json"], { env, ...limits });
    const { device, envStepsPerSecond } = REPORT.parse(JSON.parse(lastLine(stdout)));
    return { name: peer.name, device, envStepsPerSecond, why: "" };
  } catch (error) {
    return { name: peer.name, device: null, envStepsPerSecond: null, why: explainFailure(error, limitSeconds) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function sizeArguments({ numEnvs, numSteps, hidden, updateEpochs, numMinibatches }: GpuCase): string[] {
  const sizes = { envs: numEnvs, steps: numSteps, epochs: updateEpochs, minibatches: numMinibatches };
  return [...Object.entries(sizes).flatMap(([name, value]) => [`--${name}`, String(value)]), "--hidden", hidden.join(",")];
}

function explainFailure(error: unknown, limitSeconds: number): string {
  const { killed, stderr, message } = error as { killed?: boolean; stderr?: string; message?: string };
  if (killed) return `it takes longer than ${Math.round(limitSeconds)} s`;
  return lastLine(stderr || message || String(error));
}

const lastLine = (text: string): string => text.trim().split("\n").at(-1)?.trim() || "no message";
