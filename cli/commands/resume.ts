import type { Command } from "commander";
import { readState } from "../../train/train.js";
import type { TrainState } from "../../train/train-state.js";
import { chooseDevice } from "../choose-device.js";
import { DEVICE_HELP, DEVICE_OPTION, type DeviceChoice, parseDevice } from "../device-option.js";
import { ECONOMY_FILE_HELP, ECONOMY_FILE_OPTION } from "../economy-option.js";
import type { Io } from "../io.js";
import { type OpenRun, openRun } from "../open-run.js";
import { wholeNumber } from "../options.js";
import { reopenRunFolder } from "../run-folder.js";
import { checkLaneMemory } from "../run-identity.js";
import { formatRunPlan, hyperparametersOf, type RunPlan, settingsOf } from "../run-plan.js";
import { reportTraining, runTraining } from "../training.js";

interface Options {
  readonly device?: DeviceChoice;
  readonly threads?: number;
  readonly economy?: string;
  readonly json?: boolean;
}

export function addResume(program: Command, io: Io): void {
  program
    .command("resume <dir>")
    .description("continues a run exactly where its last checkpoint left it")
    .option(DEVICE_OPTION, `${DEVICE_HELP}: go on there from now on`, parseDevice)
    .option("--threads <n>", "worker threads from now on; does not change the result", wholeNumber("--threads", 1, 64))
    .option(ECONOMY_FILE_OPTION, ECONOMY_FILE_HELP)
    .option("--json", "print one JSON document at the end")
    .addHelpText("after", "\nExample:\n  flyball resume runs/akash")
    .action(async (name: string, options: Options) => {
      const run = await openRun(io, name, options.economy);
      const saved = run.plan;
      const asked = withThreads(onDevice(saved, options.device), options.threads);
      const plan = onDevice(asked, await chooseDevice(io, asked));
      const resume = savedState(run);
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

function savedState({ folder, plan, checkpoint }: OpenRun): TrainState | undefined {
  if (!checkpoint) return undefined;
  checkLaneMemory(folder, plan, checkpoint);
  const { economy: world, config } = plan;
  return readState(checkpoint, { world, lane: settingsOf(plan).lane, config, numThreads: 1 });
}
