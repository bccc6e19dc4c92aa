/** Sizes of a training run that the GPU bench measures. */
export interface GpuCase {
  readonly numEnvs: number;
  readonly numSteps: number;
  /** Widths of the hidden layers, actor and critic each. */
  readonly hidden: readonly number[];
  readonly updateEpochs: number;
  readonly numMinibatches: number;
}

const NUM_STEPS = 32;
const NUM_MINIBATCHES = 4;
/** The most telling first: the time may not do for all. */
const ENVS = [65_536, 262_144, 16_384, 4096];
const WIDTHS = [64, 128, 256];
const EPOCHS = [4, 1];

/**
 * All cases, the most telling first: those that the targets are set for, then wider networks, then one epoch.
 * @param quick a single small case, which a GPU in software gets through
 */
export function planCases(quick: boolean): readonly GpuCase[] {
  if (quick) return [{ numEnvs: 64, numSteps: 4, hidden: [16, 16], updateEpochs: 1, numMinibatches: 2 }];
  return EPOCHS.flatMap((updateEpochs) =>
    WIDTHS.flatMap((width) =>
      ENVS.map((numEnvs) => ({
        numEnvs,
        numSteps: NUM_STEPS,
        hidden: [width, width],
        updateEpochs,
        numMinibatches: NUM_MINIBATCHES,
      })),
    ),
  );
}

/**
 * The case at whose size the learner is checked: the first, or with another number of environments. In software none, unless
 * that number is asked for.
 */
export function caseToCheck(quick: boolean, isSoftware: boolean, numEnvs: number | undefined): GpuCase | undefined {
  const [first] = planCases(quick);
  if (numEnvs !== undefined) return { ...first!, numEnvs };
  return isSoftware ? undefined : first;
}

export const caseName = ({ numEnvs, numSteps, hidden, updateEpochs }: GpuCase): string =>
  `${numEnvs.toLocaleString("en-US")} environments x ${numSteps}, nets ${netName(hidden)}, ${updateEpochs} ${updateEpochs === 1 ? "epoch" : "epochs"}`;

/** `2x64`, or the widths where they differ. */
export function netName(hidden: readonly number[]): string {
  return hidden.every((width) => width === hidden[0]) ? `${hidden.length}x${hidden[0]}` : hidden.join("-");
}
