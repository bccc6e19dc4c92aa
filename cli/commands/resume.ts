import type { Command } from "commander";
import { UserError } from "../../core/errors.js";
import { readState, reopenState } from "../../train/train.js";
import type { TrainState } from "../../train/train-state.js";
import { chooseDevice } from "../choose-device.js";
import { DEVICE_HELP, DEVICE_OPTION, type DeviceChoice, parseDevice } from "../device-option.js";
import { ECONOMY_FILE_HELP, ECONOMY_FILE_OPTION } from "../economy-option.js";
import type { Io } from "../io.js";
import { type OpenRun, openRun } from "../open-run.js";
import { collect, wholeNumber } from "../options.js";
import { CHANGEABLE, changeRun } from "../run-changes.js";
import { reopenRunFolder } from "../run-folder.js";
import { checkLaneMemory } from "../run-identity.js";
import { formatRunPlan, hyperparametersOf, type RunPlan, settingsOf } from "../run-plan.js";
import { reportTraining, runTraining } from "../training.js";

interface Options {
  readonly steps?: number;
  readonly set?: readonly string[];
  readonly device?: DeviceChoice;
  readonly threads?: number;
  readonly economy?: string;
  readonly json?: boolean;
}

const CHANGES_HELP = `With --steps the learning rate is lowered to 0 over the new total; of a recipe the last stage gets the steps.
Changes are written into config.json. These settings may change: ${CHANGEABLE.join(", ")}.`;

export function addResume(program: Command, io: Io): void {
  program
    .command("resume <dir>")
    .description("continues a run exactly where its last checkpoint left it, or trains it longer")
    .option("--steps <n>", "env-steps of the whole run from now on: more than are done", wholeNumber("--steps", 1, 1e12))
    .option("--set <key=value>", "one setting from now on; may be given many times", collect)
    .option(DEVICE_OPTION, `${DEVICE_HELP}: go on there from now on`, parseDevice)
    .option("--threads <n>", "worker threads from now on; does not change the result", wholeNumber("--threads", 1, 64))
    .option(ECONOMY_FILE_OPTION, ECONOMY_FILE_HELP)
    .option("--json", "print one JSON document at the end")
    .addHelpText(
      "after",
      `\nExamples:\n  flyball resume runs/akash\n  flyball resume runs/akash --steps 100e6 --set learningRate=0.0005\n\n${CHANGES_HELP}`,
    )
    .action(async (name: string, options: Options) => {
      const run = await openRun(io, name, options.economy);
      const saved = run.plan;
      const before = savedState(run);
      const changed = changeRun(saved, { ...options, iteration: before?.iteration ?? 0 });
      const asked = withThreads(onDevice(changed, options.device), options.threads);
      const plan = onDevice(asked, await chooseDevice(io, asked));
      const resume = before && changed !== saved ? reopenState(before) : before;
      const folder = reopenRunFolder(io, name, resume?.envSteps ?? 0, hyperparametersOf(plan));
      try {
        if (plan !== saved) folder.write("config.json", formatRunPlan(io, name, plan));
      } catch (error) {
        folder.close();
        throw error;
      }
      const summary = await runTraining(io, { plan, folder, name, resume });
      reportTraining(io, summary, options.json);
    });
}

/** `auto` chose when the run began, and its choice stands. */
function onDevice(plan: RunPlan, device: DeviceChoice = "auto"): RunPlan {
  return device === "auto" || device === plan.config.device ? plan : { ...plan, config: { ...plan.config, device } };
}

function withThreads(plan: RunPlan, threads: number | undefined): RunPlan {
  return threads === undefined ? plan : { ...plan, config: { ...plan.config, threads } };
}

/** A change that no checkpoint knows yet is made again: whoever made it was stopped before the next one. */
function savedState({ folder, plan, trained, checkpoint }: OpenRun): TrainState | undefined {
  if (!checkpoint && plan.from) {
    const message = `${folder} was stopped before its first checkpoint, and what it began with is not kept in it`;
    throw new UserError("E_RUN_CHECKPOINT", message, "remove the folder and train again with the same --from");
  }
  if (!checkpoint) return undefined;
  checkLaneMemory(folder, plan, checkpoint);
  const { economy: world, config } = trained;
  const state = readState(checkpoint, { world, lane: settingsOf(plan).lane, config, numThreads: 1 });
  return trained === plan ? state : reopenState(state);
}
