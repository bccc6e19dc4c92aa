import { counterRandom } from "../../core/bootstrap.js";
import type { ReportInput } from "../../eval/report.js";
import type { ControllerRun, EpisodeMetrics, EpisodeSeries } from "../../eval/types.js";

/** Made-up controllers for the tests of the report: the shapes are like akash, the numbers mean nothing. */
const CONTROLLERS = [
  { id: "ppo", kind: "learned", tuned: false, gain: 0.05, calm: 0.9, action: [0.047, 0.1, 0.21] },
  { id: "affine (tuned)", kind: "rule", tuned: true, gain: 0.02, calm: 0.95, action: [0.044, 0.12, 0.2] },
  { id: "cosmos-mint", kind: "rule", tuned: false, gain: -0.2, calm: 1, action: [0.09, 0, 0.1] },
  { id: "pid (tuned)", kind: "rule", tuned: true, gain: -0.03, calm: 0.97, action: [0.05, 0.08, 0.19] },
  { id: "constant (tuned)", kind: "rule", tuned: true, gain: -0.1, calm: 1, action: [0.038, 0.12, 0.19] },
  { id: "seed-utilization", kind: "rule", tuned: false, gain: -0.45, calm: 1.1, action: [0.12, 0.02, 0.1] },
  { id: "max-burn", kind: "rule", tuned: false, gain: -0.7, calm: 1.25, action: [0.02, 1, 0.4] },
  { id: "none", kind: "rule", tuned: false, gain: -0.16, calm: 1, action: [0, 0, 0.05] },
] as const;

const SCENARIOS: Readonly<Record<string, { doc: string; level: number; volatility: number }>> = {
  base: { doc: "parameters at their default values", level: -0.6, volatility: 0.9 },
  calm: { doc: "lower volatility, no regimes", level: -0.35, volatility: 0.65 },
  growth: { doc: "demand grows by half a year", level: 0.1, volatility: 0.95 },
  crash: { doc: "the market falls by 42 % on day 90", level: -1.7, volatility: 1.1 },
  shortage: { doc: "demand exceeds capacity from day 45", level: 0.3, volatility: 0.95 },
};

interface SyntheticOptions {
  readonly episodes: number;
  readonly days: number;
  readonly seed: number;
}

export function syntheticReportInput({ episodes, days, seed }: SyntheticOptions): ReportInput {
  const runs = CONTROLLERS.map((_, index) => syntheticRun(index, { episodes, days, seed }, 0));
  const frozen = ACTIONS.map((channel, i) => ({
    of: "ppo",
    channel,
    frozenAt: CONTROLLERS[0].action[i]!,
    run: { ...syntheticRun(0, { episodes, days, seed }, [-0.008, -0.001, -0.06][i]!), id: `ppo without ${channel}` },
  }));
  const longer = CONTROLLERS.map((_, index) => syntheticRun(index, { episodes, days: days * 2, seed: seed + 1 }, 0.02));
  return {
    economy: "akash-v1",
    baseline: "cosmos-mint",
    runs,
    limits: { haltDays: { kind: "expectation", limit: 60, unit: "day" } },
    frozen,
    otherHorizons: [{ days: days * 2, runs: longer }],
    level: 0.95,
    provenance: {
      days,
      episodes,
      seed,
      seedBlock: 0,
      paramsHash: "3f9c0b7a11d24e55",
      objective: { name: "balanced", version: "1", weights: { service: 1, holder: 1.5, dilution: 0.5, stability: 0.25 } },
      scenarioDocs: Object.fromEntries(Object.entries(SCENARIOS).map(([name, { doc }]) => [name, doc])),
      terms: {
        service: { unit: "1", doc: "log of service delivered" },
        holder: { unit: "1", doc: "token value without the exogenous path" },
        dilution: { unit: "1", doc: "net issuance paid by non-stakers" },
        stability: { unit: "1", doc: "realised volatility" },
      },
      actions: {
        issuance: { unit: "1/year", doc: "issuance rate", low: 0, high: 0.2 },
        burnShare: { unit: "1", doc: "share of fees that is burned", low: 0, high: 1 },
        fee: { unit: "1", doc: "fee on leases", low: 0, high: 0.4 },
      },
      controllers: {
        ppo: { source: "runs/akash-1", sha256: "b1946ac92492d2347c6235b4d2611184", steps: 2_000_000, seconds: 41 },
        "affine (tuned)": { source: "shipped with flyball", "tuning steps": 2_000_000 },
      },
      run: {
        command: "flyball evaluate runs/akash-1 affine --economy akash",
        flyball: "0.1.0",
        node: "20.19.0",
        seconds: 12.4,
      },
    },
  };
}

const ACTIONS = ["issuance", "burnShare", "fee"] as const;

function syntheticRun(index: number, options: SyntheticOptions, shift: number): ControllerRun {
  const { id, kind, tuned } = CONTROLLERS[index]!;
  const scenarios = Object.keys(SCENARIOS).map((name, s) => [name, syntheticScenario(index, name, s, options, shift)]);
  return { id, kind, tuned, scenarios: Object.fromEntries(scenarios) };
}

function syntheticScenario(index: number, name: string, s: number, { episodes, days, seed }: SyntheticOptions, shift: number) {
  const controller = CONTROLLERS[index]!;
  const { level, volatility } = SCENARIOS[name]!;
  const market = gaussian(seed * 1000 + s);
  const own = gaussian(seed * 1000 + 100 + s * 20 + index);
  const shocks = Float64Array.from({ length: episodes }, market);
  const column = (value: (shock: number, noise: number) => number) => shocks.map((shock) => value(shock, own()));
  const gain = controller.gain * (1 + 0.3 * s) + shift;
  const holder = column((shock, noise) => (level + gain + 0.25 * shock) / 2 + 0.04 * noise);
  const service = column((shock, noise) => (level + gain) / 4 + 0.05 * shock + 0.02 * noise);
  const dilution = column((_, noise) => -controller.action[0] + 0.002 * noise);
  const stability = column((shock) => -volatility * controller.calm * (1 + 0.1 * shock));
  const depth = column((shock, noise) =>
    clampShare(0.45 * volatility * controller.calm ** 3 + 0.12 * Math.abs(shock) + 0.03 * noise),
  );
  const metrics: EpisodeMetrics = {
    return: holder.map((value, i) => 1.5 * value + service[i]! + 0.5 * dilution[i]! + 0.25 * stability[i]!),
    service: service.map(Math.exp),
    annualVolatility: stability.map((value) => -value),
    supplyGrowth: column((_, noise) => controller.action[0] - 0.02 * controller.action[1] + 0.004 * noise),
    maxDrawdown: depth,
    fallFromStart: depth.map((value) => Math.max(0, value - 0.15)),
    trips: depth.map((value) => (value > 0.75 ? 1 : 0)),
    interventionRate: depth.map((value) => (value > 0.75 ? 0.05 : 0.01)),
    length: shocks.map(() => days),
    terms: { service, holder, dilution, stability },
    actions: Object.fromEntries(
      ACTIONS.map((key, i) => [key, column((_, noise) => controller.action[i]! * (1 + 0.03 * noise))]),
    ),
    costs: { haltDays: column((shock) => Math.max(0, 12 + 6 * shock - 30 * controller.gain)) },
  };
  return { metrics, series: syntheticSeries(index, volatility, Math.min(60, episodes), days, market, own) };
}

function syntheticSeries(
  index: number,
  volatility: number,
  episodes: number,
  days: number,
  market: () => number,
  own: () => number,
) {
  const controller = CONTROLLERS[index]!;
  const price = new Float32Array(days * episodes);
  const supply = new Float32Array(days * episodes);
  const actions = ACTIONS.map(() => new Float32Array(days * episodes));
  for (let episode = 0; episode < episodes; episode++) {
    let log = 0;
    for (let day = 0; day < days; day++) {
      const at = day * episodes + episode;
      const shock = market();
      log += ((controller.gain - 0.2) / 365) * 1.5 + (volatility * controller.calm * shock) / Math.sqrt(365);
      price[at] = 3 * Math.exp(log);
      supply[at] = 2.7e8 * (1 + (controller.action[0] * day) / 365 + 0.0004 * own());
      actions.forEach((values, i) => {
        values[at] = Math.max(
          0,
          controller.action[i]! * (1 - (controller.kind === "learned" ? 0.35 * Math.tanh(log) : 0) + 0.02 * own()),
        );
      });
    }
  }
  const named = Object.fromEntries(ACTIONS.map((key, i) => [key, actions[i]!]));
  return { days, episodes, price, supply, actions: named } satisfies EpisodeSeries;
}

function gaussian(seed: number): () => number {
  const random = counterRandom(seed);
  return () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
}

function clampShare(value: number): number {
  return Math.min(0.99, Math.max(0.02, value));
}
