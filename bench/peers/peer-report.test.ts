import { expect, test } from "vitest";
import { planMatches } from "./matches.js";
import {
  hasPeerBlock,
  missingLines,
  PEERS_SCHEMA,
  type PeerRow,
  type PeersReport,
  peerRows,
  rate,
  replacePeerBlock,
  versionLine,
} from "./peer-report.js";

const flyball: PeerRow = {
  name: "flyball",
  device: "wasm, 2 threads",
  versions: { node: "20.20.2" },
  warmUpSeconds: 0.52,
  envStepsPerSecond: 200_000,
  ratio: 1,
  why: "",
};
const jax: PeerRow = {
  ...flyball,
  name: "JAX",
  device: "cpu",
  versions: { jax: "0.10.2", numpy: "2.4.6" },
  envStepsPerSecond: 40_000,
  ratio: 5,
};
const absent: PeerRow = {
  ...jax,
  name: "PyTorch",
  device: "",
  versions: {},
  warmUpSeconds: null,
  envStepsPerSecond: null,
  ratio: null,
  why: "no network",
};
const report: PeersReport = {
  format: "flyball-peers",
  version: 1,
  flyball: "0.1.0",
  economy: "akash-v1",
  date: "2026-01-31",
  quick: true,
  rounds: 3,
  windowSeconds: 5,
  machine: { cpu: "a", cores: 2, platform: "linux-x64", load: 0 },
  matches: [{ kind: "training", title: "PPO", rows: [flyball, jax, absent] }],
};

test("speed is the median window, the ratio the median of neighbours in time", () => {
  const window = (envSteps: number) => ({ envSteps, seconds: 2 });
  // The second round ran on a machine half as fast, for both alike.
  const own = [window(400), window(200), window(420)];
  const peer = [window(100), window(50), window(84)];
  expect(rate(own, peer)).toEqual({ envStepsPerSecond: 42, ratio: 4 });
});

test("a table says of everyone how fast it is, and of the missing ones why", () => {
  expect(peerRows(report.matches[0]!.rows)).toEqual([
    ["flyball", "wasm, 2 threads", "200 k", "", "0.5 s"],
    ["JAX", "cpu", "40 k", "5.0 x", "0.5 s"],
    ["PyTorch", "", "not measured", "", ""],
  ]);
  expect(missingLines(report.matches[0]!.rows)).toEqual(["PyTorch: not measured: no network"]);
});

test("quantities keep two or three digits", () => {
  const row = (envStepsPerSecond: number, ratio: number) => peerRows([{ ...jax, envStepsPerSecond, ratio }])[0]!.slice(2, 4);
  expect(row(12_345_678, 0.512)).toEqual(["12.3 M", "0.51 x"]);
  expect(row(1234, 416.7)).toEqual(["1.2 k", "417 x"]);
});

test("versions are named once each", () => {
  expect(versionLine(report)).toBe("node 20.20.2, jax 0.10.2, numpy 2.4.6");
});

test("the document fits its schema", () => {
  expect(PEERS_SCHEMA.parse(report)).toEqual(report);
});

test("all contestants of a training match get the same sizes", () => {
  for (const match of [...planMatches(true), ...planMatches(false)]) {
    if (match.kind !== "training") continue;
    const { envs, steps, epochs, minibatches, hidden } = match.sizes;
    // Flyball takes environments and samples of a minibatch by 64.
    expect([envs % 64, ((envs * steps) / minibatches) % 64]).toEqual([0, 0]);
    const given = ["--envs", envs, "--steps", steps, "--epochs", epochs, "--minibatches", minibatches, "--hidden", hidden];
    for (const { args } of match.peers) expect(args.slice(1, 1 + given.length)).toEqual(given.map(String));
  }
});

test("the tables take the place between the marks of a page, and nothing else changes", () => {
  const page = "before\n<!-- begin of bench:peers -->\nold\n<!-- end of bench:peers -->\nafter\n";
  expect([hasPeerBlock(page), hasPeerBlock("no marks")]).toEqual([true, false]);
  const filled = replacePeerBlock(page, report);
  expect(filled).toMatch(/^before\n<!-- begin of bench:peers -->\n/);
  expect(filled).toMatch(/<!-- end of bench:peers -->\nafter\n$/);
  expect(filled).not.toContain("old");
  expect(filled).toContain("| JAX | cpu | 40 k | 5.0 x | 0.5 s |");
  expect(filled).toContain("- PyTorch: not measured: no network");
  expect(replacePeerBlock(filled, report)).toBe(filled);
});
