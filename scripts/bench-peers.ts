// Flyball beside the Python stack, in turns in one run: `npm run bench:peers`. Makes virtual environments of its own in .venv/.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import type { Contestant, WorkWindow } from "../bench/peers/contestant.js";
import { economyModule } from "../bench/peers/economy-module.js";
import { type Match, type PeerCommand, planMatches } from "../bench/peers/matches.js";
import { ownSimulation, ownTraining } from "../bench/peers/own-contestant.js";
import {
  hasPeerBlock,
  headLines,
  missingLines,
  PEER_HEAD,
  type PeerRow,
  type PeersReport,
  peerRows,
  rate,
  replacePeerBlock,
} from "../bench/peers/peer-report.js";
import { startPython } from "../bench/peers/python-contestant.js";
import { type EnvName, type PythonEnv, prepareEnvs } from "../bench/peers/python-env.js";
import { type PeerBenchOptions, parsePeerOptions, USAGE } from "../bench/peers/run-options.js";
import { packageRoot } from "../cli/package-root.js";
import { renderTable } from "../cli/terminal/table.js";
import { VERSION } from "../cli/version.js";
import { formatUserError, UserError } from "../core/errors.js";
import type { Economy } from "../env/economy.js";
import { findEconomy } from "../env/registry.js";

interface Run {
  readonly economy: Economy;
  readonly options: PeerBenchOptions;
  readonly envs: Readonly<Record<EnvName, PythonEnv>>;
  readonly scripts: string;
  /** The generated economy. */
  readonly module: string;
}

const log = (line: string) => process.stderr.write(`${line}\n`);

async function main(args: readonly string[]): Promise<void> {
  const options = parsePeerOptions(args);
  if (!options) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const page = options.into === undefined ? undefined : readPage(options.into);
  const machine = describeMachine();
  const root = packageRoot();
  const envs = await prepareEnvs({ root, python: options.python, torch: options.torch, log });
  const folder = mkdtempSync(join(tmpdir(), "flyball-peers-"));
  try {
    const economy = findEconomy("akash");
    const module = join(folder, "economy_step.py");
    writeFileSync(module, economyModule(economy));
    const run: Run = { economy, options, envs, module, scripts: join(root, "bench/peers") };
    const matches: PeersReport["matches"] = [];
    for (const match of planMatches(options.quick)) matches.push(await playMatch(run, match));
    const report: PeersReport = {
      format: "flyball-peers",
      version: 1,
      flyball: VERSION,
      economy: economy.id,
      date: new Date().toISOString().slice(0, 10),
      quick: options.quick,
      rounds: options.rounds,
      windowSeconds: options.seconds,
      machine,
      matches,
    };
    if (page !== undefined) writeFileSync(options.into!, replacePeerBlock(page, report));
    print(report, options.json);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** All contestants get warm one after the other, then take turns. */
async function playMatch(run: Run, match: Match): Promise<PeersReport["matches"][number]> {
  log(match.title);
  const contestants: Contestant[] = [];
  try {
    contestants.push(...(await ownContestants(run.economy, match)));
    const absent = new Map<string, string>();
    for (const command of match.peers) {
      log(`  starting ${command.name}`);
      const started = await startPeer(run, command);
      if ("why" in started) absent.set(command.name, started.why);
      else contestants.push(started);
    }
    const windows = await takeWindows(contestants, run.options, absent);
    const present = contestants
      .filter(({ name }) => !absent.has(name))
      .map((one) => measuredRow(one, windows, contestants[0]!));
    const missing = [...absent].map(([name, why]) => absentRow(name, why));
    return { kind: match.kind, title: match.title, rows: [...present, ...missing] };
  } finally {
    for (const contestant of contestants) await contestant.close();
  }
}

async function ownContestants(economy: Economy, match: Match): Promise<Contestant[]> {
  if (match.kind === "training") return [await ownTraining(economy, match.sizes, availableParallelism())];
  return [await ownSimulation(economy, match.lanes, "wasm"), await ownSimulation(economy, match.lanes, "js")];
}

async function startPeer(run: Run, command: PeerCommand): Promise<Contestant | { readonly why: string }> {
  const env = run.envs[command.needs];
  if ("why" in env) return env;
  try {
    return await startPython(command, { python: env.python, scripts: run.scripts, module: run.module });
  } catch (error) {
    return { why: (error as Error).message };
  }
}

/** Windows by contestant, then by round. One that fails on the way is added to `absent`. */
async function takeWindows(
  contestants: readonly Contestant[],
  { rounds, seconds }: PeerBenchOptions,
  absent: Map<string, string>,
): Promise<ReadonlyMap<string, readonly WorkWindow[]>> {
  const windows = new Map<string, WorkWindow[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    log(`  round ${round + 1} of ${rounds}`);
    for (const { name, window } of contestants) {
      if (absent.has(name)) continue;
      try {
        windows.get(name)!.push(await window(seconds));
      } catch (error) {
        if (name === contestants[0]!.name) throw error;
        absent.set(name, (error as Error).message);
      }
    }
  }
  return windows;
}

function measuredRow(
  { name, device, versions, warmUpSeconds }: Contestant,
  windows: ReadonlyMap<string, readonly WorkWindow[]>,
  own: Contestant,
): PeerRow {
  const speed = rate(windows.get(own.name)!, windows.get(name)!);
  return { name, device, versions: { ...versions }, warmUpSeconds, ...speed, why: "" };
}

function absentRow(name: string, why: string): PeerRow {
  return { name, device: "", versions: {}, warmUpSeconds: null, envStepsPerSecond: null, ratio: null, why };
}

function print(report: PeersReport, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    return;
  }
  for (const line of headLines(report)) process.stdout.write(`${line}\n`);
  for (const { title, rows } of report.matches) {
    process.stdout.write(`\n${title}\n${renderTable(PEER_HEAD, peerRows(rows), [2, 3, 4])}\n`);
    for (const line of missingLines(rows)) process.stdout.write(`${line}\n`);
  }
}

/** Before minutes of work, find out whether the page can take the result. */
function readPage(path: string): string {
  if (!existsSync(path))
    throw new UserError("E_PEERS_PAGE", `there is no ${path}`, "for example --into docs/reference/performance.md");
  const page = readFileSync(path, "utf8");
  if (hasPeerBlock(page)) return page;
  const message = `${path} has no marks "begin of bench:peers" and "end of bench:peers"`;
  throw new UserError("E_PEERS_PAGE", message, "take docs/reference/performance.md as a pattern");
}

function describeMachine(): PeersReport["machine"] {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    platform: `${process.platform}-${process.arch}`,
    load: loadavg()[0] ?? 0,
  };
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof UserError) {
    log(formatUserError(error).trimEnd());
    process.exitCode = 2;
  } else {
    log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = 1;
  }
}
