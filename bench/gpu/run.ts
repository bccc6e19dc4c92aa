import { UserError } from "../../core/errors.js";
import type { Economy } from "../../env/economy.js";
import { openGpu } from "../../models/webgpu/device.js";
import { checkAtSize } from "./at-size.js";
import { type Budget, createParts, type Parts, reasonToSkip } from "./budget.js";
import { caseName, type GpuCase, planCases } from "./cases.js";
import { type CeilingSizes, type Ceilings, FULL_CEILINGS, measureCeilings, QUICK_CEILINGS } from "./ceilings.js";
import { type Check, checkIteration, checkRandomness, type RolloutLoop } from "./correctness.js";
import { absence, measurePeer, PEERS, type PeerSpeed } from "./peers.js";
import type { CaseReport, GpuReport } from "./report.js";
import { measureCase } from "./training.js";

interface GpuEffort {
  readonly quick: boolean;
  /** All parts together end within it. */
  readonly totalSeconds: number;
  /** Each of the three speeds of a case. */
  readonly seconds: number;
  readonly least: number;
  readonly profiled: number;
  /** A part that takes longer ends the bench: it cannot be stopped, and would disturb what is timed beside it. */
  readonly limitSeconds: number;
  /** Shortest time of any case. */
  readonly leastSeconds: number;
  readonly ceilings: CeilingSizes;
  /** Nets of the check against float64. */
  readonly checkedHidden: readonly number[];
  readonly peer: { readonly windowSeconds: number; readonly limitSeconds: number };
}

/** Ends before eight minutes, with what a process takes to start and end. */
export const FULL: GpuEffort = {
  quick: false,
  totalSeconds: 450,
  seconds: 2,
  least: 5,
  profiled: 8,
  // The first compilation of a rollout in one dispatch may take minutes.
  limitSeconds: 240,
  leastSeconds: 10,
  ceilings: FULL_CEILINGS,
  checkedHidden: [64, 64],
  peer: { windowSeconds: 2, limitSeconds: 75 },
};

export const QUICK: GpuEffort = {
  ...FULL,
  quick: true,
  seconds: 0.2,
  least: 2,
  profiled: 1,
  limitSeconds: 400,
  leastSeconds: 0,
  ceilings: QUICK_CEILINGS,
  checkedHidden: [16],
  peer: { windowSeconds: 0.2, limitSeconds: 75 },
};

export interface Bench {
  readonly economy: Economy;
  readonly budget: Budget;
  readonly effort: GpuEffort;
  readonly log: (line: string) => void;
  /** Milliseconds of any clock. */
  readonly now: () => number;
  readonly python: string;
  /** What goes through the steps of a rollout; undefined to try the device first. */
  readonly loop: RolloutLoop | undefined;
  /** Where the learner is checked at the size of a case too. */
  readonly checkedCase: GpuCase | undefined;
}

type Measured = Pick<GpuReport, "checks" | "ceilings" | "cases" | "failures">;

/**
 * Measures part after part; after each comes all that is known so far. A part that fails does not stop the rest, one that does
 * not end does.
 */
export async function* measureAll(bench: Bench): AsyncGenerator<Measured> {
  const { effort } = bench;
  const checks: Check[] = [];
  const failures: string[] = [];
  const cases: CaseReport[] = [];
  let ceilings: Ceilings | null = null;
  const parts = createParts(bench.budget, effort.limitSeconds);
  const attempt = attempter(bench, parts, failures);
  const soFar = () => ({ checks: [...checks], ceilings, cases: [...cases], failures: [...failures] });
  await attempt("check: random words", async () => void checks.push(await withGpu(checkRandomness)));
  const loop = await checkLearner(bench, parts, attempt, checks);
  if (bench.checkedCase) await attempt("check: at the size of a case", atSize(bench, bench.checkedCase, loop, checks));
  yield soFar();
  await attempt("ceilings: multiply-adds in registers, a copy in memory", async () => {
    ceilings = await withGpu((gpu) => measureCeilings(gpu, effort.ceilings, inFlight(bench)));
  });
  yield soFar();
  const peers = await findPeers(bench);
  const durations: number[] = [];
  for (const [i, sizes] of planCases(effort.quick).entries()) {
    const started = bench.now();
    const report = await reportCase(bench, sizes, { ceilings, failures, durations, loop, parts });
    durations.push((bench.now() - started) / 1000);
    // The first has the nets and epochs of the targets.
    cases.push(i === 0 ? { ...report, peers: await measurePeers(bench, sizes, peers, parts) } : report);
    yield soFar();
  }
}

type Attempt = (what: string, work: () => Promise<void>) => Promise<boolean>;

/** Does parts of the work; notes what fails or hangs. */
function attempter({ log }: Bench, parts: Parts, failures: string[]): Attempt {
  return async (what, work) => {
    log(what);
    try {
      await parts.run(what, work);
      return true;
    } catch (error) {
      failures.push(`${what}: ${errorMessage(error)}`);
      log(`  failed: ${errorMessage(error)}`);
      return false;
    }
  };
}

/**
 * A driver's compiler that refuses a whole rollout may take its parts; one that does not come to an end is not waited for.
 * @returns what the cases then take
 */
async function checkLearner(bench: Bench, parts: Parts, attempt: Attempt, checks: Check[]): Promise<RolloutLoop | undefined> {
  const check = (loop?: RolloutLoop) => async () =>
    void checks.push(...(await checkIteration(bench.economy, bench.effort.checkedHidden, loop)));
  const what = "check: one iteration against float64";
  if (await attempt(what, check(bench.loop))) return bench.loop;
  if (parts.stopped() !== undefined)
    bench.log("  FLYBALL_BENCH_LOOP=host has less to compile: the host goes through the steps");
  else if (bench.loop === undefined) await attempt(`${what}; the host goes through the steps`, check("host"));
  return "host";
}

const atSize =
  ({ economy }: Bench, sizes: GpuCase, loop: RolloutLoop | undefined, checks: Check[]) =>
  async () =>
    void checks.push(...(await checkAtSize(economy, sizes, loop)));

async function withGpu<T>(work: (gpu: Awaited<ReturnType<typeof openGpu>>) => Promise<T>): Promise<T> {
  const gpu = await openGpu({ maxBufferSize: "most", maxStorageBufferBindingSize: "most" });
  try {
    return await work(gpu);
  } finally {
    gpu.dispose();
  }
}

/** Of short pieces of work, so that the device does not wait for the host's next look. A learner says by itself how many it wants. */
const DEPTH = 8;

const inFlight = ({ effort: { seconds, least }, now }: Bench) => ({ depth: DEPTH, seconds, least, now });

/** What is known when a case begins. */
interface Found {
  readonly ceilings: Ceilings | null;
  readonly failures: string[];
  /** Seconds of the cases before. */
  readonly durations: readonly number[];
  readonly loop: RolloutLoop | undefined;
  readonly parts: Parts;
}

async function reportCase(bench: Bench, sizes: GpuCase, found: Found): Promise<CaseReport> {
  const { economy, effort, budget, log } = bench;
  const { ceilings, failures, durations, loop, parts } = found;
  const skip = parts.stopped() ?? reasonToSkip(budget.left(), durations, effort.leastSeconds);
  log(`${caseName(sizes)}${skip === undefined ? "" : `: ${skip}`}`);
  if (skip !== undefined) return { case: sizes, figures: null, peers: [], why: skip };
  try {
    const caseEffort = { ...inFlight(bench), profiled: effort.profiled, loop };
    const work = () => measureCase(economy, sizes, caseEffort, ceilings ?? undefined);
    const figures = await parts.run(caseName(sizes), work);
    log(`  ${Math.round(figures.training.median)} env-steps/s after ${figures.setupSeconds.toFixed(1)} s of setting up`);
    return { case: sizes, figures, peers: [], why: "" };
  } catch (error) {
    log(`  not measured: ${errorMessage(error)}`);
    // What does not fit says so by itself; all else is a failure.
    if (!(error instanceof UserError)) failures.push(`${caseName(sizes)}: ${errorMessage(error)}`);
    return { case: sizes, figures: null, peers: [], why: errorMessage(error) };
  }
}

interface FoundPeer {
  readonly peer: (typeof PEERS)[number];
  /** Why it cannot run here. */
  readonly absent: string | undefined;
}

async function findPeers({ python, log }: Bench): Promise<readonly FoundPeer[]> {
  const found: FoundPeer[] = [];
  for (const peer of PEERS) {
    const absent = await absence(peer, python);
    log(`${peer.name}: ${absent ?? "is there"}`);
    found.push({ peer, absent });
  }
  return found;
}

async function measurePeers(bench: Bench, sizes: GpuCase, peers: readonly FoundPeer[], parts: Parts): Promise<PeerSpeed[]> {
  const { economy, effort, budget, log, python } = bench;
  const speeds: PeerSpeed[] = [];
  for (const { peer, absent } of peers) {
    const { windowSeconds, limitSeconds } = effort.peer;
    const why = absent ?? parts.stopped() ?? reasonToSkip(budget.left(), [], limitSeconds);
    if (why !== undefined) {
      speeds.push({ name: peer.name, device: null, envStepsPerSecond: null, why });
      continue;
    }
    log(`  ${peer.name} at the same sizes`);
    speeds.push(await measurePeer(peer, economy, sizes, { python, windowSeconds, limitSeconds }));
  }
  return speeds;
}

const errorMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
