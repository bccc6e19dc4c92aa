import { z } from "zod";
import { median } from "../timing.js";
import type { WorkWindow } from "./contestant.js";

const row = z.object({
  name: z.string(),
  device: z.string(),
  versions: z.record(z.string(), z.string()),
  warmUpSeconds: z.number().nonnegative().nullable(),
  envStepsPerSecond: z.number().positive().nullable().describe("median over the windows; null where nothing was measured"),
  ratio: z.number().positive().nullable().describe("flyball's speed over this one's: median over the rounds"),
  why: z.string().describe("why there is no figure; empty when there is"),
});

/** The document of `npm run bench:peers -- --json`. */
export const PEERS_SCHEMA = z.object({
  format: z.literal("flyball-peers"),
  version: z.literal(1),
  flyball: z.string(),
  economy: z.string(),
  date: z.iso.date(),
  quick: z.boolean().describe("small sizes, for tests: not figures to quote"),
  rounds: z.int().positive(),
  windowSeconds: z.number().positive(),
  machine: z.object({ cpu: z.string(), cores: z.int().positive(), platform: z.string(), load: z.number().nonnegative() }),
  matches: z.array(
    z.object({ kind: z.enum(["training", "simulation"]), title: z.string(), rows: z.array(row).describe("flyball first") }),
  ),
});

export type PeersReport = z.infer<typeof PEERS_SCHEMA>;
export type PeerRow = z.infer<typeof row>;

/** Speed and ratio of one contestant. Ratios are taken round by round, between neighbours in time. */
export function rate(own: readonly WorkWindow[], windows: readonly WorkWindow[]): { envStepsPerSecond: number; ratio: number } {
  const speed = ({ envSteps, seconds }: WorkWindow) => envSteps / seconds;
  return {
    envStepsPerSecond: median(windows.map(speed)),
    ratio: median(windows.map((window, round) => speed(own[round]!) / speed(window))),
  };
}

export const PEER_HEAD = ["", "runs on", "env-steps/s", "flyball over it", "warm-up"] as const;

/** One match as rows of a table; reasons for what is missing are for {@link missingLines}. */
export function peerRows(rows: readonly PeerRow[]): string[][] {
  return rows.map(({ name, device, envStepsPerSecond, ratio, warmUpSeconds }) => [
    name,
    device,
    envStepsPerSecond === null ? "not measured" : quantity(envStepsPerSecond),
    ratio === null || name === "flyball" ? "" : `${ratio >= 100 ? Math.round(ratio) : ratio.toPrecision(2)} x`,
    warmUpSeconds === null ? "" : `${warmUpSeconds.toFixed(1)} s`,
  ]);
}

export function missingLines(rows: readonly PeerRow[]): string[] {
  return rows.filter(({ why }) => why !== "").map(({ name, why }) => `${name}: not measured: ${why}`);
}

/** Versions of everything that took part, once each. */
export function versionLine({ matches }: PeersReport): string {
  const versions = new Map(matches.flatMap(({ rows }) => rows.flatMap((one) => Object.entries(one.versions))));
  return [...versions].map(([name, version]) => `${name} ${version}`).join(", ");
}

function quantity(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} M`;
  return value >= 1e4 ? `${Math.round(value / 1e3)} k` : `${(value / 1e3).toFixed(1)} k`;
}
