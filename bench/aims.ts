import { parseEconomyId } from "../env/economy-id.js";
import type { Aim, BenchReport } from "./schema.js";

/** What the product promises of its speed, beside what was measured. */
export function compareWithAims(report: Omit<BenchReport, "aims">): Aim[] {
  const { simulation, evaluation, memory, compiler } = report;
  const { wasm } = report.training;
  const atLeast = (what: string, unit: string, measured: number | null, aim: number) =>
    makeAim({ what, unit, measured, aim, kind: "at least" });
  const atMost = (what: string, unit: string, measured: number | null, aim: number) =>
    makeAim({ what, unit, measured, aim, kind: "at most" });
  const speed = simulationAim(report.economy);
  return [
    ...(speed === undefined ? [] : [atLeast("simulation, compiled to WASM, one core", "env-steps/s", simulation.wasm, speed)]),
    atLeast("simulation, WASM over the float64 JS loop", "x", simulation.ratio, 5),
    atLeast("gradient, share of the probed f32x4 peak", "%", 100 * wasm.gradientShareOfPeak, 70),
    atLeast("whole PPO loop, a sample in every step, one thread", "env-steps/s", wasm.oneThread, 80_000),
    atLeast("whole PPO loop, two threads over one", "x", wasm.speedup, 1.7),
    atLeast("update, TensorFlow.js cpu over flyball", "x", wasm.vsTfjsCpu, 40),
    atLeast("update, TensorFlow.js wasm over flyball", "x", wasm.vsTfjsWasm, 10),
    atMost("10,000 episodes of a learned controller, two threads", "s", evaluation.learned10kEpisodesSeconds, 10),
    atMost("10,000 episodes of a fixed rule, two threads", "s", evaluation.rule10kEpisodesSeconds, 2),
    atMost("memory of training with 4,096 lanes", "MiB", memory.rssBytes === null ? null : memory.rssBytes / 2 ** 20, 1024),
    ...compiler.map(({ id, firstMs }) => atMost(`compiling ${id}, first time`, "ms", firstMs, 1000)),
  ];
}

/** Env-steps a second on one core. A step of bittensor has all its subnets in it; for more than 8 nothing is promised. */
function simulationAim(economy: string): number | undefined {
  const { name, subnets } = parseEconomyId(economy);
  if (name !== "bittensor") return 8e6;
  return Number(subnets ?? 8) <= 8 ? 2e6 : undefined;
}

function makeAim(aim: Omit<Aim, "met">): Aim {
  const { measured, kind } = aim;
  const met = measured === null ? null : kind === "at least" ? measured >= aim.aim : measured <= aim.aim;
  return { ...aim, met };
}
