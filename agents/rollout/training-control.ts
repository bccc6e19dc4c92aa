import { stream } from "../../core/random.js";

interface ControlOptions {
  readonly seed: number;
  readonly numEnvs: number;
  /** Neighbouring lanes that share a market. */
  readonly marketGroup: number;
  /** Control steps of an episode. */
  readonly horizon: number;
}

/** The control record of a training run, but for what changes from step to step. */
export function trainingControl({ seed, numEnvs, marketGroup, horizon }: ControlOptions) {
  return {
    seed,
    market: stream("market", "train"),
    scenario: stream("scenario", "train"),
    reset: stream("reset", "train"),
    policy: stream("policy", "train"),
    numLanes: numEnvs / marketGroup,
    randomise: 1,
    autoreset: 1,
    horizon,
  };
}

/** Which draw of exploration noise is in force. @param clock control steps of every lane so far */
export function noiseDay(
  { noiseHold, decisionInterval }: { readonly noiseHold: number; readonly decisionInterval: number },
  clock: number,
): number {
  return Math.floor(clock / (noiseHold * decisionInterval));
}
