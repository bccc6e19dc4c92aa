import type { Command } from "commander";
import { planPolicy } from "../../agents/policy/plan-policy.js";
import { UserError } from "../../core/errors.js";
import { stateOf } from "../../train/learner-checkpoint.js";
import type { TrainState } from "../../train/train.js";
import { chooseDevice } from "../choose-device.js";
import { DEVICE_HELP, DEVICE_OPTION, type DeviceChoice, parseDevice } from "../device-option.js";
import { writeWhole } from "../files.js";
import { type Io, writeJson } from "../io.js";
import { checkpointIdentity, formatRunPlan, hasCheckpoint, type RunPlan, readCheckpoint, readRunPlan } from "../run-files.js";
import { reopenRunFolder } from "../run-folder.js";
import { runTraining } from "../training.js";

export function addResume(program: Command, io: Io): void {
  program
    .command("resume <dir>")
    .description("continues a run exactly where its last checkpoint left it")
    .option(DEVICE_OPTION, `${DEVICE_HELP}: go on there from now on`, parseDevice)
    .option("--json", "print one JSON document at the end")
    .addHelpText("after", "\nExample:\n  flyball resume runs/akash")
    .action(async (name: string, options: { readonly device?: DeviceChoice; readonly json?: boolean }) => {
      const saved = await readRunPlan(io, name);
      const asked = onDevice(saved, options.device);
      const plan = onDevice(asked, await chooseDevice(io, asked));
      const resume = hasCheckpoint(io, name) ? savedState(io, name, plan) : undefined;
      const folder = reopenRunFolder(io, name, resume?.envSteps ?? 0);
      try {
        if (plan !== saved) writeWhole(io, folder.file("config.json"), formatRunPlan(io, name, plan));
      } catch (error) {
        folder.close();
        throw error;
      }
      const summary = await runTraining(io, { plan, folder, name, resume });
      if (options.json) writeJson(io, summary);
    });
}

/** `auto` chose when the run began, and its choice stands. */
function onDevice(plan: RunPlan, device: DeviceChoice = "auto"): RunPlan {
  return device === "auto" || device === plan.config.device ? plan : { ...plan, config: { ...plan.config, device } };
}

/** @throws UserError when the checkpoint belongs to another configuration than config.json */
function savedState(io: Io, name: string, plan: RunPlan): TrainState {
  const checkpoint = readCheckpoint(io, name);
  for (const [key, value] of Object.entries(checkpointIdentity(plan))) {
    if (checkpoint.header[key] === value) continue;
    const what = key === "settingsHash" ? `the parameters or limits of ${plan.economy.id}` : `${name}/config.json`;
    const message = `${what} changed since ${name}/checkpoint.bin was written`;
    throw new UserError("E_RUN_CONFIG", message, "restore them as they were, or train anew in another folder");
  }
  const observations = Object.keys(plan.economy.observations).length;
  return stateOf(checkpoint, { observations, parameters: planPolicy(plan.economy, plan.config).parameterCount });
}
