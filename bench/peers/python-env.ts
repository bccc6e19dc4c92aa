import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TorchSource } from "./run-options.js";

/** A Python with what a peer needs, or why there is none. */
export type PythonEnv = { readonly python: string } | { readonly why: string };

export type EnvName = "jax" | "torch" | "radcad";

/** An index of PyTorch's builds without CUDA. The package registry's builds for Linux bring several GiB of it. */
const TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu";

interface EnvRequest {
  /** Of the repository: environments lie in `.venv/`, which ignores itself. */
  readonly root: string;
  readonly python: string;
  readonly torch: TorchSource;
  readonly log: (line: string) => void;
}

/** Makes the environments of all peers, as far as they can be made; those that are up to date are left alone. */
export async function prepareEnvs(request: EnvRequest): Promise<Readonly<Record<EnvName, PythonEnv>>> {
  const version = pythonVersion(request.python);
  if (version === undefined) return all({ why: `${request.python} does not start` });
  if (version < 311) return all({ why: `${request.python} is older than Python 3.11` });
  const jax = install(request, "main", "jax", "requirements.txt", []);
  const torch = "why" in jax ? jax : await installTorch(request);
  return { jax, torch, radcad: install(request, "radcad", "radcad", "requirements-radcad.txt", []) };
}

const all = (env: PythonEnv): Record<EnvName, PythonEnv> => ({ jax: env, torch: env, radcad: env });

async function installTorch(request: EnvRequest): Promise<PythonEnv> {
  if (request.torch === "none") return { why: "left out by --torch none" };
  const isCpuAnyway = process.platform !== "linux" || process.arch !== "x64";
  const file = "requirements-torch.txt";
  if (request.torch === "registry" || isCpuAnyway || isInstalled(request, "main", "torch", file))
    return install(request, "main", "torch", file, []);
  try {
    const { ok, status } = await fetch(`${TORCH_CPU_INDEX}/torch/`, { method: "HEAD", signal: AbortSignal.timeout(10_000) });
    if (!ok) return { why: `PyTorch's index of CPU builds answers ${status}; --torch registry takes the large build` };
  } catch {
    return { why: "PyTorch's index of CPU builds is out of reach; --torch registry takes the large build" };
  }
  return install(request, "main", "torch", file, ["--extra-index-url", TORCH_CPU_INDEX]);
}

/** @param folder environment below `.venv/`; `name` marks which requirements it has */
function install(request: EnvRequest, folder: string, name: EnvName, file: string, extra: readonly string[]): PythonEnv {
  const { root, log } = request;
  const env = join(root, ".venv", folder);
  const python = pythonPath(env);
  if (isInstalled(request, folder, name, file)) return { python };
  mkdirSync(join(root, ".venv"), { recursive: true });
  writeFileSync(join(root, ".venv/.gitignore"), "*\n");
  if (!existsSync(python)) {
    log(`making .venv/${folder}`);
    const made = spawnSync(request.python, ["-m", "venv", env], { encoding: "utf8" });
    if (made.status !== 0) return { why: `no virtual environment: ${lastLine(made.stderr || made.stdout)}` };
  }
  log(`installing bench/peers/${file} into .venv/${folder}`);
  const requirements = join(root, "bench/peers", file);
  const args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements, ...extra];
  const done = spawnSync(python, args, { encoding: "utf8", maxBuffer: 2 ** 26 });
  if (done.status !== 0) return { why: `pip could not install ${file}: ${lastLine(done.stderr)}` };
  writeFileSync(stampPath(root, folder, name), hashRequirements(root, file));
  return { python };
}

function isInstalled({ root }: EnvRequest, folder: string, name: EnvName, file: string): boolean {
  const stamp = stampPath(root, folder, name);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === hashRequirements(root, file);
}

const stampPath = (root: string, folder: string, name: EnvName) => join(root, ".venv", folder, `.flyball-${name}`);

function hashRequirements(root: string, file: string): string {
  return createHash("sha256")
    .update(readFileSync(join(root, "bench/peers", file)))
    .digest("hex");
}

function pythonPath(env: string): string {
  return process.platform === "win32" ? join(env, "Scripts/python.exe") : join(env, "bin/python");
}

/** 311 for Python 3.11; undefined where it does not start. */
function pythonVersion(python: string): number | undefined {
  const code = "import sys; print(sys.version_info[0] * 100 + sys.version_info[1])";
  const { status, stdout } = spawnSync(python, ["-c", code], { encoding: "utf8" });
  return status === 0 ? Number(stdout) : undefined;
}

/** The last line that says something. */
export function lastLine(text: string | undefined): string {
  return (text ?? "").trim().split("\n").at(-1)?.trim() || "no message";
}
