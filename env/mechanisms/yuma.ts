import { UserError } from "../../core/errors.js";

/**
 * Yuma consensus, in double precision: how a Bittensor subnet turns its validators' weights into emission.
 * Sources: opentensor/subtensor `pallets/subtensor/src/epoch/run_epoch.rs`, `epoch/math.rs`, `docs/consensus.md`.
 */

/** `[validator][miner]`. */
export type Matrix = readonly (readonly number[])[];

/** Liquid alpha: the bonds of a validator move faster the farther its weight is from consensus and from its bond. */
export interface LiquidAlpha {
  /** Smallest and largest share of the gap that a bond closes in an epoch. */
  readonly low: number;
  readonly high: number;
  /** Steepness of the logistic curve between them, in hundredths: 1000 on the chain. */
  readonly steepness: number;
}

/**
 * What the chain does before the epoch is the caller's: who has no permit gets a row of zeros, who has set no weights for longer than
 * the activity cut-off (5,000 blocks) a stake of 0, and weights on oneself or on a miner who registered after they were set are 0.
 */
export interface YumaInput extends Partial<LiquidAlpha> {
  /** Stake of the validators, then of any other neurons (which only count in the total). Any scale. */
  readonly stake: readonly number[];
  /** Weights as set: rows are normalised here; a row of zeros is a validator without weights. */
  readonly weights: Matrix;
  /** What the epoch before returned; absent or zeros in the first epoch. */
  readonly bonds?: Matrix;
  /** Share of stake that must support a weight: 32767/65535 on the chain. */
  readonly kappa: number;
  /** Share of a weight above consensus that earns no bond: 0 .. 1; the chain's default is the maximum, 1. */
  readonly bondsPenalty: number;
  /** Share of the gap that a bond closes in an epoch (0.1 on the chain), or liquid alpha; its members may also be given on their own. */
  readonly alpha?: number | LiquidAlpha;
}

export interface YumaOutput {
  /** Per miner: the largest weight that a share kappa of the stake supports. */
  readonly consensus: number[];
  /** Per miner: share of the miners' emission; zeros if no weight finds support ({@link yumaEmission} has who is paid then). */
  readonly incentive: number[];
  /** Per validator: share of the validators' emission; zeros if the incentive is. */
  readonly dividends: number[];
  /** Per validator and miner, to be handed to the next epoch. */
  readonly bonds: number[][];
}

/** Shares of an epoch's emission, one in all. */
export interface YumaEmission {
  readonly miners: number[];
  readonly validators: number[];
}

/** Support is summed in floating point, where equal shares may add up to a hair less than kappa; equality counts. */
const ROUNDING = 1e-12;

/**
 * One epoch of Yuma 3 (a subnet's flag): every bond is a proportion of its own in 0 .. 1 that moves towards the weight.
 * @throws UserError `E_YUMA` for shapes or values that do not fit
 */
export function yuma3Epoch(input: YumaInput): YumaOutput {
  const { stake, bonds, consensus, incentive, forBonds, alphaOf } = prepare(input);
  const moved = bonds.map((row, i) =>
    row.map((bond, j) => {
      const weight = forBonds[i]![j]!;
      // The chain hands its liquid alpha the weights for bonds, after the penalty.
      const alpha = alphaOf(weight, bond, consensus[j]!);
      return Math.min(1, (1 - alpha) * bond + alpha * weight);
    }),
  );
  const shares = normalizeColumns(moved);
  const dividends = normalize(stake.map((own, i) => own * dot(shares[i]!, incentive)));
  return { consensus, incentive, dividends, bonds: moved };
}

/**
 * One epoch of Yuma 1 and 2 (the default): bonds are shares of a miner's column, moved by stake times weight. As the chain stores them,
 * the largest bond of a column is 1 (there in 65535ths).
 * @throws UserError `E_YUMA` for shapes or values that do not fit
 */
export function yuma1Epoch(input: YumaInput): YumaOutput {
  const { stake, weights, bonds, consensus, incentive, forBonds, alphaOf } = prepare(input);
  const before = normalizeColumns(bonds);
  const gained = normalizeColumns(forBonds.map((row, i) => row.map((weight) => stake[i]! * weight)));
  const moved = normalizeColumns(
    before.map((row, i) =>
      row.map((bond, j) => {
        const alpha = alphaOf(weights[i]![j]!, bond, consensus[j]!);
        return (1 - alpha) * bond + alpha * gained[i]![j]!;
      }),
    ),
  );
  const dividends = normalize(moved.map((row) => dot(row, incentive)));
  return { consensus, incentive, dividends, bonds: scaleColumns(moved, (column) => Math.max(...column)) };
}

/**
 * What an epoch pays: half to the miners by incentive, half to the validators by dividends; all to one side if the other is void. When
 * both are (no weight finds support), all goes to the validators by their stake.
 * @param stake as in the input
 * @throws UserError `E_YUMA` for lists that do not fit
 */
export function yumaEmission(
  stake: readonly number[],
  { incentive, dividends }: Pick<YumaOutput, "incentive" | "dividends">,
): YumaEmission {
  if (stake.length < dividends.length)
    throw misfit(`stake has ${stake.length} entries for ${dividends.length} validators`, "begin the stake with all validators");
  checkNumbers({ stake, incentive, dividends });
  const total = sum(incentive) + sum(dividends);
  if (total > 0) return { miners: incentive.map((x) => x / total), validators: dividends.map((x) => x / total) };
  const own = stake.slice(0, dividends.length);
  if (!(sum(own) > 0)) throw misfit("no validator has stake", "give at least one validator stake");
  return { miners: incentive.map(() => 0), validators: normalize(own) };
}

/** Everything up to the bonds, the same in all versions. */
function prepare(input: YumaInput) {
  check(input);
  const { kappa, bondsPenalty } = input;
  const stake = normalize(input.stake).slice(0, input.weights.length);
  const active = normalize(stake);
  const weights = input.weights.map(normalize);
  const consensus = weights[0]!.map((_, j) => supportedWeight(active, column(weights, j), kappa));
  const clipped = weights.map((row) => row.map((weight, j) => Math.min(weight, consensus[j]!)));
  const incentive = normalize(consensus.map((_, j) => dot(active, column(clipped, j))));
  const forBonds = weights.map((row, i) =>
    row.map((weight, j) => (1 - bondsPenalty) * weight + bondsPenalty * clipped[i]![j]!),
  );
  const bonds = input.bonds ?? weights.map((row) => row.map(() => 0));
  return { stake: active, weights, bonds, consensus, incentive, forBonds, alphaOf: alphaFunction(input) };
}

/** The largest of the given weights that validators with at least `kappa` of the stake give or exceed; 0 if there is none. */
function supportedWeight(stake: readonly number[], weights: readonly number[], kappa: number): number {
  const order = weights.map((_, i) => i).filter((i) => stake[i]! > 0);
  order.sort((a, b) => weights[b]! - weights[a]!);
  let support = 0;
  for (const i of order) {
    support += stake[i]!;
    if (support >= kappa - ROUNDING) return weights[i]!;
  }
  return 0;
}

/** Share of the gap that a bond closes, by weight, bond and consensus. */
function alphaFunction(input: YumaInput): (weight: number, bond: number, consensus: number) => number {
  const { alpha = input as LiquidAlpha } = input;
  if (typeof alpha === "number") return () => alpha;
  const { low, high, steepness } = alpha;
  return (weight, bond, consensus) => {
    const distance = Math.min(Math.max(weight >= bond ? weight - consensus : bond - weight, 0), 1);
    const rise = 1 / (1 + Math.exp(-(steepness / 100) * (distance - 0.5)));
    return low + rise * (high - low);
  };
}

const sum = (x: readonly number[]): number => x.reduce((total, value) => total + value, 0);
const dot = (x: readonly number[], y: readonly number[]): number => x.reduce((total, value, i) => total + value * y[i]!, 0);
const column = (matrix: Matrix, j: number): number[] => matrix.map((row) => row[j]!);

/** Shares of the sum; zeros stay zeros. */
function normalize(x: readonly number[]): number[] {
  const total = sum(x);
  return x.map((value) => (total > 0 ? value / total : 0));
}

function scaleColumns(matrix: Matrix, size: (column: readonly number[]) => number): number[][] {
  const sizes = matrix[0]!.map((_, j) => size(column(matrix, j)));
  return matrix.map((row) => row.map((value, j) => (sizes[j]! > 0 ? value / sizes[j]! : 0)));
}

const normalizeColumns = (matrix: Matrix): number[][] => scaleColumns(matrix, sum);

function check(input: YumaInput): void {
  const { stake, weights, bonds, kappa, bondsPenalty, alpha = input } = input;
  const miners = weights[0]?.length ?? 0;
  const fits = (matrix: Matrix) => matrix.length === weights.length && matrix.every((row) => row.length === miners);
  if (miners === 0 || !fits(weights)) throw misfit(`weights are ${shape(weights)}`, "give one row of weights per validator");
  if (stake.length < weights.length) {
    throw misfit(`stake has ${stake.length} entries for ${weights.length} validators`, "begin the stake with all validators");
  }
  if (bonds && !fits(bonds))
    throw misfit(`bonds are ${shape(bonds)}, weights ${shape(weights)}`, "pass the bonds of the epoch before");
  checkNumbers({ stake, weights: weights.flat(), bonds: bonds?.flat() ?? [] });
  if (!(sum(stake.slice(0, weights.length)) > 0)) throw misfit("no validator has stake", "give at least one validator stake");
  const shares = typeof alpha === "number" ? { alpha } : { low: alpha.low, high: alpha.high };
  for (const [name, value] of Object.entries({ kappa, bondsPenalty, ...shares })) {
    if (!(value !== undefined && value >= 0 && value <= 1)) throw misfit(`${name} is ${value}`, "give a number within 0 .. 1");
  }
  if (typeof alpha === "number") return;
  if (!Number.isFinite(alpha.steepness))
    throw misfit(`steepness is ${alpha.steepness}`, "give a finite number, 1000 on the chain");
}

function checkNumbers(lists: Readonly<Record<string, readonly number[]>>): void {
  for (const [name, values] of Object.entries(lists)) {
    const wrong = values.find((value) => !(value >= 0 && value < Number.POSITIVE_INFINITY));
    if (wrong !== undefined) throw misfit(`${name} contains ${wrong}`, "give finite numbers of at least 0");
  }
}

const shape = (matrix: Matrix): string =>
  `${matrix.length} rows of ${[...new Set(matrix.map((row) => row.length))].join(" and ")}`;

function misfit(what: string, hint: string): UserError {
  return new UserError("E_YUMA", `yuma: ${what}`, hint);
}
