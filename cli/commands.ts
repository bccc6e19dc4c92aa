import type { Command } from "commander";
import { addBench } from "./commands/bench.js";
import { addCalibrate } from "./commands/calibrate.js";
import { addCheck } from "./commands/check.js";
import { addDoctor } from "./commands/doctor.js";
import { addEconomies } from "./commands/economies.js";
import { addEvaluate } from "./commands/evaluate.js";
import { addExport } from "./commands/export.js";
import { addForesight } from "./commands/foresight.js";
import { addResume } from "./commands/resume.js";
import { addRules } from "./commands/rules.js";
import { addScenarios } from "./commands/scenarios.js";
import { addSimulate } from "./commands/simulate.js";
import { addTrain } from "./commands/train.js";
import { addTune } from "./commands/tune.js";
import type { Io } from "./io.js";

/** Every command, in the order of `flyball --help`. Each adds itself to the program and does its work through `io`. */
export const COMMANDS: readonly ((program: Command, io: Io) => void)[] = [
  addEconomies,
  addRules,
  addScenarios,
  addTrain,
  addResume,
  addTune,
  addEvaluate,
  addForesight,
  addExport,
  addSimulate,
  addCalibrate,
  addCheck,
  addBench,
  addDoctor,
];
