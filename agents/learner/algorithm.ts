import { z } from "zod";
import { UserError } from "../../core/errors.js";
import type { LaneOptions } from "../../env/lane/uses.js";
import type { World } from "../../env/world.js";
import type { TrainDevice } from "../../models/devices.js";
import { NO_STRUCTURE, type PolicyStructure } from "../learned/structure.js";
import type { LearnerDevice } from "./device.js";
import type { IterationMetrics, Learner, TrainWarning } from "./learner.js";
import type { CommonSettings, RunSettings } from "./settings.js";
import type { LearnerState, StateShape } from "./state.js";

/** What a run gives to its algorithm. */
export interface LearnerRun<Settings = RunSettings> {
  readonly world: World;
  readonly lane: LaneOptions;
  /** Control steps of an episode. */
  readonly horizon: number;
  readonly settings: Settings;
  /** Env-steps that the algorithm is to make. */
  readonly steps: number;
  readonly numThreads: number;
  /** Uniform numbers in [0, 1) for the initial weights. */
  readonly random: () => number;
}

/** How a run's steps are spent. */
export interface Work {
  readonly iterations: number;
  /** Env-steps of each; of the first stage, where there are several. */
  readonly stepsPerIteration: number;
  /** In all, where iterations differ. */
  readonly envSteps?: number;
  /** Iterations after which a stage ends: there the policy is evaluated, and {@link Learner.settle} called. */
  readonly settles?: readonly number[];
  /** Fewest iterations in which anything is learned: the first may only measure. */
  readonly minIterations: number;
  /**
   * Env-steps before which the only episodes that have ended are those that ruin cut short: until then the mean return of ended
   * episodes is too low.
   */
  readonly returnFrom: number;
  /** The settings that `stepsPerIteration` follows from, for people. */
  readonly sizes: string;
}

/** An algorithm as the rest of the project sees it: made by {@link defineAlgorithm}. */
export interface Algorithm {
  readonly id: string;
  /** In words. */
  readonly doc: string;
  /** Its own settings, with ranges, defaults and meanings. */
  readonly settings: z.ZodRawShape;
  readonly devices: readonly TrainDevice[];
  /** Groups of the state's arrays (`gain` of `gain.mean`) that a warm start takes along, as the network was trained with them. */
  readonly carried: readonly string[];
  /** Settings whose default depends on others: `given` are those that the user set. */
  readonly complete: (settings: RunSettings, given: ReadonlySet<string>) => RunSettings;
  /** What the settings ask of one another. @throws UserError `E_CONFIG_CROSS` */
  readonly check: (settings: RunSettings) => void;
  /** What the policy has besides its network. */
  readonly structure: (settings: RunSettings, world: World) => PolicyStructure;
  readonly work: (run: Pick<LearnerRun, "settings" | "horizon" | "steps">) => Work;
  /** As {@link LearnerDevice.check}. @throws UserError also `E_TRAIN_DEVICE`, for a device that is none of `devices` */
  readonly checkDevice: (device: TrainDevice, run: LearnerRun) => Promise<void>;
  /** @throws UserError as `checkDevice` */
  readonly open: (device: TrainDevice, run: LearnerRun) => Promise<Learner>;
  readonly stateShape: (run: LearnerRun) => StateShape;
  /** Why no run with these settings can have this state, for states of the right shape; undefined where it can. */
  readonly whyImpossible: (state: LearnerState, run: LearnerRun) => string | undefined;
  /** A function that looks at the metrics of one iteration after the other. */
  readonly watch: (settings: RunSettings) => (metrics: IterationMetrics) => readonly TrainWarning[];
}

/** An algorithm in the types of its own folder. */
interface AlgorithmDefinition<Shape extends z.ZodRawShape, Options, State, Metrics>
  extends Omit<
    Algorithm,
    | "settings"
    | "devices"
    | "open"
    | "complete"
    | "check"
    | "structure"
    | "work"
    | "checkDevice"
    | "stateShape"
    | "whyImpossible"
    | "watch"
  > {
  readonly settings: Shape;
  readonly devices: readonly LearnerDevice<Options, State, Metrics>[];
  /** What a run's learner is opened with, whatever its device. */
  readonly options: (run: LearnerRun<Own<Shape>>) => Options;
  readonly complete?: (settings: Own<Shape>, given: ReadonlySet<string>) => Own<Shape>;
  readonly check: (settings: Own<Shape>) => void;
  readonly structure?: (settings: Own<Shape>, world: World) => PolicyStructure;
  readonly work: (run: Pick<LearnerRun<Own<Shape>>, "settings" | "horizon" | "steps">) => Work;
  readonly pack: (state: State) => LearnerState;
  readonly unpack: (state: LearnerState) => State;
  readonly report: (metrics: Metrics) => IterationMetrics;
  readonly stateShape: (run: LearnerRun<Own<Shape>>) => StateShape;
  readonly whyImpossible: (state: LearnerState, run: LearnerRun<Own<Shape>>) => string | undefined;
  readonly watch: (settings: Own<Shape>) => (metrics: IterationMetrics) => readonly TrainWarning[];
}

type Own<Shape extends z.ZodRawShape> = CommonSettings & Readonly<z.infer<z.ZodObject<Shape>>>;

/** Hides an algorithm's own types: outside of its folder settings, states and metrics are plain data. */
export function defineAlgorithm<Shape extends z.ZodRawShape, Options, State, Metrics>(
  definition: AlgorithmDefinition<Shape, Options, State, Metrics>,
): Algorithm {
  const { id, doc, carried, settings, options, pack, unpack, report } = definition;
  const schema = z.object(settings);
  const own = (loose: RunSettings): Own<Shape> => ({ ...loose, ...schema.parse(loose) });
  const ownRun = <Run extends { readonly settings: RunSettings }>(run: Run) => ({ ...run, settings: own(run.settings) });
  return {
    id,
    doc,
    devices: definition.devices.map(({ name }) => name),
    carried,
    settings,
    complete: (loose, given) => ({ ...loose, ...definition.complete?.(own(loose), given) }),
    check: (loose) => definition.check(own(loose)),
    structure: (loose, world) => definition.structure?.(own(loose), world) ?? NO_STRUCTURE,
    work: (run) => definition.work(ownRun(run)),
    checkDevice: async (name, run) => findDevice(definition, name).check(options(ownRun(run))),
    open: async (name, run) => {
      const learner = await findDevice(definition, name).open(options(ownRun(run)));
      return {
        ...learner,
        iterate: async () => report(await learner.iterate()),
        state: async () => pack(await learner.state()),
        restore: (state) => learner.restore(unpack(state)),
      };
    },
    stateShape: (run) => definition.stateShape(ownRun(run)),
    whyImpossible: (state, run) => definition.whyImpossible(state, ownRun(run)),
    watch: (loose) => definition.watch(own(loose)),
  };
}

function findDevice<Device extends { readonly name: TrainDevice }>(
  { id, devices }: { readonly id: string; readonly devices: readonly Device[] },
  name: TrainDevice,
): Device {
  const found = devices.find((device) => device.name === name);
  if (found) return found;
  const names = devices.map((device) => device.name).join(" or ");
  throw new UserError(
    "E_TRAIN_DEVICE",
    `${id} does not run on ${name}`,
    `use --device ${names}, or another algorithm: --set algorithm=ID`,
  );
}
