import type { TrainDevice } from "../../models/devices.js";
import type { Learner } from "./learner.js";

/** How an algorithm learns on a device. All devices of an algorithm keep one contract: a state of one goes on on another. */
export interface LearnerDevice<Options, State, Metrics> {
  readonly name: TrainDevice;
  /**
   * Whether a learner would find the device and memory enough on it; nothing is kept.
   * @throws UserError where it would not
   */
  readonly check: (options: Options) => Promise<void>;
  /** @throws UserError as `check` */
  readonly open: (options: Options) => Promise<Learner<State, Metrics>>;
}
