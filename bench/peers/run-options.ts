import { parseArgs } from "node:util";
import { continueSentence, UserError } from "../../core/errors.js";

export const USAGE = `usage: npm run bench:peers -- [--quick] [--seconds 5] [--rounds 3] [--python python3] [--torch cpu] [--into FILE] [--json]

Times flyball beside the Python stack (JAX, PyTorch, Stable-Baselines3, NumPy, radCAD) on one economy, in turns in one run.

  --quick     small sizes and short windows: a test that all runs, no figures to quote
  --seconds   length of one window
  --rounds    windows of each contestant; the median counts
  --python    Python 3.11 or newer to make the environments with, in .venv/
  --torch     where PyTorch comes from: cpu (its own index of builds without CUDA), registry (the package registry, several GiB on
              Linux), none
  --into      put the tables between the marks of a Markdown page, such as docs/reference/performance.md
  --json      print one JSON document

Example:
  npm run bench:peers -- --json`;

export type TorchSource = "cpu" | "registry" | "none";

export interface PeerBenchOptions {
  readonly quick: boolean;
  readonly seconds: number;
  readonly rounds: number;
  readonly python: string;
  readonly torch: TorchSource;
  /** A Markdown page that takes the tables. */
  readonly into: string | undefined;
  readonly json: boolean;
}

/**
 * Reads the command line; undefined when help was asked for.
 * @throws UserError `E_PEERS_OPTION`
 */
export function parsePeerOptions(args: readonly string[]): PeerBenchOptions | undefined {
  const values = parseValues(args);
  if (values.help) return undefined;
  const { quick, json, python, into } = values;
  return {
    quick,
    json,
    python,
    into,
    seconds: parseNumber("--seconds", values.seconds ?? (quick ? "0.5" : "5"), 0.1, 600),
    rounds: parseNumber("--rounds", values.rounds ?? (quick ? "1" : "3"), 1, 99, true),
    torch: parseTorch(values.torch),
  };
}

function parseValues(args: readonly string[]) {
  const options = {
    quick: { type: "boolean", default: false },
    seconds: { type: "string" },
    rounds: { type: "string" },
    python: { type: "string", default: "python3" },
    torch: { type: "string", default: "cpu" },
    into: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    // An unknown option or one without its value; the message names it.
    const { message } = error as Error;
    throw optionError(continueSentence(message), "see npm run bench:peers -- --help");
  }
}

function parseNumber(option: string, text: string, low: number, high: number, whole = false): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= low && value <= high && (!whole || Number.isInteger(value))) return value;
  const kind = whole ? "whole numbers" : "numbers";
  throw optionError(`${option} is ${text}, allowed are ${kind} ${low} .. ${high}`, `for example ${option} ${Math.max(1, low)}`);
}

function parseTorch(text: string): TorchSource {
  if (text === "cpu" || text === "registry" || text === "none") return text;
  throw optionError(`--torch is ${text}, allowed are cpu, registry and none`, "for example --torch cpu");
}

const optionError = (message: string, hint: string) => new UserError("E_PEERS_OPTION", message, hint);
