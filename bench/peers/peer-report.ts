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

const BEGIN = "<!-- begin of bench:peers -->";
const END = "<!-- end of bench:peers -->";

/** Whether a Markdown page has a place for the tables. */
export function hasPeerBlock(page: string): boolean {
  return page.includes(BEGIN) && page.indexOf(END) > page.indexOf(BEGIN);
}

/** Puts the tables of a run between the two marks of a page that has them. */
export function replacePeerBlock(page: string, report: PeersReport): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const tables = report.matches.flatMap(({ title, rows }) => [
    "",
    `${title}:`,
    "",
    ...[PEER_HEAD, PEER_HEAD.map(() => "---"), ...peerRows(rows)].map(line),
    ...(missingLines(rows).length > 0 ? ["", ...missingLines(rows).map((why) => `- ${why}`)] : []),
  ]);
  const block = [BEGIN, "", ...headLines(report).map((text) => `- ${text}`), ...tables, "", ""].join("\n");
  return `${page.slice(0, page.indexOf(BEGIN))}${block}${page.slice(page.indexOf(END))}`;
}

/** Where and with what the figures were taken. */
export function headLines(report: PeersReport): string[] {
  const { cpu, cores, platform, load } = report.machine;
  const small = report.quick ? ["small sizes and short windows: not figures to quote"] : [];
  return [
    `${report.date}, ${cpu}, ${cores} cores, ${platform}; load before the run ${load.toFixed(2)}`,
    versionLine(report),
    `${report.rounds} windows of ${report.windowSeconds} s each, in turns`,
    ...small,
  ];
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
