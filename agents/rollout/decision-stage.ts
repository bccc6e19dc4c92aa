import type { Program } from "../../compiler/ir/program.js";
import type { RecordBinding } from "../../compiler/schema.js";
import { buildProgram } from "../../compiler/trace/build-program.js";
import type { World } from "../../env/world.js";
import { type NetworkPlan, networkTable, planNetwork } from "../../models/spec.js";
import type { Argument, Call } from "../../models/wasm/plan.js";
import { type Controller, isLearned } from "../controller/controller.js";
import type { LearnedController, PolicyNetwork } from "../learned/learned-controller.js";
import { packLayers } from "../learned/policy-layers.js";
import { resizeController } from "../learned/resize-controller.js";
import type { PolicyStructure } from "../learned/structure.js";
import { policyHead } from "../policy/head.js";
import type { Rule } from "../rules/rule.js";
import { runElements } from "./element-calls.js";
import type { LaneBlock } from "./lane-block.js";
import { buildPolicyPrograms } from "./policy-programs.js";
import { buildRulePrograms, type RolloutPrograms, withoutUnits } from "./programs.js";
import { kernel, stageCall } from "./rollout-jobs.js";
import { buildStructurePrograms } from "./structure-programs.js";

/** What a controller adds to a simulator: records in the lane block, modules, memory and calls. */
export interface DecisionStage {
  readonly id: string;
  /** Records of its own in the lane block. */
  readonly records: readonly RecordBinding[];
  readonly programs: readonly Program[];
  /** Bytes outside the lane block: per device, behind them per chunk, and elsewhere per thread. */
  readonly memoryBytes: number;
  readonly chunkBytes: number;
  readonly scratchBytes: number;
  /** Control steps that a decision holds for. */
  readonly decisionInterval: number;
  /** Name of the record of per-lane rule parameters. */
  readonly paramsRecord?: string;
  /** Writes weights and tables at `address`. */
  readonly load: (buffer: ArrayBufferLike, address: number) => void;
  /** Writes another normaliser than the controller's; absent where there is none. */
  readonly loadNormalizer?: (buffer: ArrayBufferLike, address: number, normalizer: LearnedController["normalizer"]) => void;
  /** Writes the weights of one chunk; absent where all chunks share them. */
  readonly loadChunk?: (buffer: ArrayBufferLike, address: number, chunk: number, network: PolicyNetwork) => void;
  /** Calls of the start of an episode and of one decision. */
  readonly calls: (place: StagePlace) => StageCalls;
}

interface StageCalls {
  readonly start: readonly Call[];
  readonly act: readonly Call[];
  /** The first of `act`, after which `requested` holds the request of the policy's base; none without one. */
  readonly base?: readonly Call[];
}

interface StagePlace {
  readonly block: LaneBlock;
  readonly address: number;
  readonly scratch: Argument;
  /** Instance of the stage's first program. */
  readonly firstInstance: number;
  readonly lane: (record: string) => Argument;
  /** Address of four floats per control step, not zero where the controller decides anew; absent: in every step. */
  readonly schedule?: Argument;
}

interface StageOptions {
  readonly id: string;
  /** Place among the controllers of one simulator: their records differ in name by it. */
  readonly index: number;
  readonly controller: Controller;
  readonly world: World;
  readonly programs: RolloutPrograms;
  /** Each batch brings parameters (of a rule) or a network (of the learned controller's shape) of its own. */
  readonly perBatch?: boolean;
  /** Actions that are held at a value whatever the controller asks for. */
  readonly frozen?: Readonly<Record<string, number>> | undefined;
}

/** Compiles a controller for the lanes of a simulator. Decisions are deterministic. */
export function prepareStage(options: StageOptions): DecisionStage {
  const { controller, frozen, programs, world } = options;
  const stage = isLearned(controller)
    ? prepareLearned(resizeController(controller, world), options)
    : ruleStage(controller, options);
  return frozen ? freeze(stage, frozen, programs) : stage;
}

const prepareLearned = (controller: LearnedController, options: StageOptions): DecisionStage =>
  controller.structure ? structuredStage(controller, controller.structure, options) : learnedStage(controller, options);

function ruleStage(rule: Rule, { id, index, programs, perBatch }: StageOptions): DecisionStage {
  const paramsRecord = perBatch ? `params${index}` : undefined;
  const compiled = buildRulePrograms(rule, programs.records, {
    memory: `memory${index}`,
    ...(paramsRecord ? { params: paramsRecord } : {}),
  });
  const memory = compiled.memory.name;
  return {
    id,
    records: paramsRecord ? [compiled.memory, compiled.params] : [compiled.memory],
    programs: [compiled.start, compiled.act],
    decisionInterval: 1,
    memoryBytes: 64,
    chunkBytes: 0,
    scratchBytes: 0,
    ...(paramsRecord ? { paramsRecord } : {}),
    load: () => {},
    calls: ({ block, lane, firstInstance, address }) => {
      // Parameters that are folded into the code still have their place among the records.
      const params = paramsRecord ? lane(paramsRecord) : address;
      const run = (instance: number, ...bases: Argument[]): Call => ({
        instance,
        export: "run",
        args: [0, block.chunkLanes, ...bases],
      });
      return {
        start: [run(firstInstance, lane(memory), params)],
        act: [run(firstInstance + 1, lane(memory), lane("observation"), params, lane("requested"))],
      };
    },
  };
}

function learnedStage(controller: LearnedController, { id, index, world, programs, perBatch }: StageOptions): DecisionStage {
  const head = policyHead(world);
  const policy = buildPolicyPrograms(programs.records, head);
  const network = placeNetwork(controller, perBatch);
  const [input, output] = [`input${index}`, `output${index}`];
  return {
    id,
    records: [
      { ...policy.input, name: input },
      { ...policy.output, name: output },
    ],
    programs: [policy.normalize, policy.deterministic],
    decisionInterval: controller.decisionInterval,
    ...network.memory,
    calls: (place) => {
      const { address, lane, firstInstance, schedule } = place;
      const when = schedule ? { when: { address: schedule, count: 4 } } : {};
      const run = runStage(place);
      return {
        start: [],
        act: [
          run(firstInstance, lane("observation"), address, network.normalizerAt(address), lane(input)),
          network.forward(place, lane(input), lane(output)),
          run(firstInstance + 1, lane(output), lane("requested")),
        ].map((call) => ({ ...call, ...when })),
      };
    },
  };
}

/** The network decides as often as in training, the base in every step. */
function structuredStage(
  controller: LearnedController,
  structure: PolicyStructure,
  { id, index, world, programs, perBatch }: StageOptions,
): DecisionStage {
  const names = {
    memory: `memory${index}`,
    baseMemory: `base${index}`,
    input: `input${index}`,
    output: `output${index}`,
  };
  const policy = buildStructurePrograms({ world, records: programs.records, structure }, names);
  const network = placeNetwork(controller, perBatch);
  const { base } = policy;
  return {
    id,
    records: [policy.memory, policy.input, policy.output, ...(base ? [base.memory] : [])],
    programs: [policy.start, policy.readInput, policy.addToBase, ...(base ? [base.start, base.act] : [])],
    decisionInterval: controller.decisionInterval,
    ...network.memory,
    calls: (place) => {
      const { address, lane, firstInstance: first, schedule } = place;
      const when = schedule ? { when: { address: schedule, count: 4 } } : {};
      const run = runStage(place);
      const memory = lane(names.memory);
      const own = network.normalizerAt(address);
      const rows = { input: lane(names.input), output: lane(names.output), capacity: place.block.capacity };
      const baseMemory = base ? lane(names.baseMemory) : address;
      const askBase = base ? [run(first + 4, baseMemory, lane("observation"), address, lane("requested"))] : [];
      return {
        start: [run(first, memory), ...(base ? [run(first + 3, baseMemory, address)] : [])],
        base: askBase,
        act: [
          ...askBase,
          { ...run(first + 1, lane("observation"), own, memory, lane(names.input)), ...when },
          ...runElements(policy.places, rows, (input, output) => network.forward(place, input, output)).map((call) => ({
            ...call,
            ...when,
          })),
          run(first + 2, lane(names.output), memory, lane("requested")),
        ],
      };
    },
  };
}

const runStage =
  ({ block }: StagePlace) =>
  (instance: number, ...bases: Argument[]): Call =>
    stageCall(instance - 1, 0, block.chunkLanes, ...bases);

/** Where a controller's table, normaliser and weights lie, one after the other, and how they get there. */
function placeNetwork(controller: LearnedController, perBatch: boolean | undefined) {
  const numOutputs = controller.network.layers.at(-1)!.outputs;
  const plan = planActor(controller.network, numOutputs);
  const table = networkTable(plan);
  const tableBytes = Math.ceil(table.byteLength / 64) * 64;
  const normalizerBytes = Math.ceil((controller.normalizer.mean.length * 8) / 64) * 64;
  const weightBytes = Math.ceil((plan.parameterCount * 4) / 64) * 64;
  const chunkBytes = perBatch ? weightBytes : 0;
  const weightsAt = (address: number) => address + tableBytes + normalizerBytes;
  const loadChunk = (buffer: ArrayBufferLike, address: number, chunk: number, network: PolicyNetwork) => {
    const at = weightsAt(address) + chunk * chunkBytes;
    new Float32Array(buffer, at, plan.parameterCount).set(packLayers(plan, network.layers));
  };
  const loadNormalizer: DecisionStage["loadNormalizer"] = (buffer, address, { mean, scale }) =>
    new Float32Array(buffer, address + tableBytes, 2 * mean.length).set([...mean, ...scale]);
  return {
    memory: {
      memoryBytes: tableBytes + normalizerBytes + (perBatch ? 0 : weightBytes),
      chunkBytes,
      scratchBytes: plan.scratchCount * 4,
      load: (buffer: ArrayBufferLike, address: number) => {
        new Int32Array(buffer, address, table.length).set(table);
        loadNormalizer(buffer, address, controller.normalizer);
        if (!perBatch) loadChunk(buffer, address, 0, controller.network);
      },
      loadNormalizer,
      ...(perBatch ? { loadChunk } : {}),
    },
    normalizerAt: (address: number) => address + tableBytes,
    forward: ({ block, address, scratch }: StagePlace, input: Argument, output: Argument): Call => {
      const { capacity, chunkLanes } = block;
      const weights = { base: weightsAt(address), perChunk: chunkBytes };
      return kernel("forward", address, weights, input, capacity, chunkLanes, output, capacity, scratch);
    },
  };
}

function planActor({ layers, activation }: PolicyNetwork, outputs: number): NetworkPlan {
  const hidden = layers.slice(0, -1).map((layer) => layer.outputs);
  return planNetwork({ inputs: layers[0]!.inputs, hidden, outputs, activation }, "actor");
}

function freeze(stage: DecisionStage, frozen: Readonly<Record<string, number>>, programs: RolloutPrograms): DecisionStage {
  const hold = buildProgram({
    name: "freeze",
    uses: { frozen },
    step: holdActions,
    records: [withoutUnits(programs.records.requested)],
  });
  return {
    ...stage,
    programs: [...stage.programs, hold],
    calls: (place) => {
      const { start, act } = stage.calls(place);
      const instance = place.firstInstance + stage.programs.length;
      return { start, act: [...act, { instance, export: "run", args: [0, place.block.chunkLanes, place.lane("requested")] }] };
    },
  };
}

function holdActions(q: Record<string, number>, u: { readonly frozen: Readonly<Record<string, number>> }): void {
  for (const name in u.frozen) q[name] = u.frozen[name]!;
}
