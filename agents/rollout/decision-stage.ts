import type { Program } from "../../compiler/ir/program.js";
import type { RecordBinding } from "../../compiler/schema.js";
import { buildProgram } from "../../compiler/trace/build-program.js";
import type { World } from "../../env/world.js";
import { type NetworkPlan, networkTable, planNetwork } from "../../models/spec.js";
import type { Argument, Call } from "../../models/wasm/plan.js";
import { type Controller, isLearned } from "../controller/controller.js";
import type { LearnedController, PolicyNetwork } from "../learned/learned-controller.js";
import { packLayers } from "../learned/policy-layers.js";
import { policyHead } from "../policy/head.js";
import type { Rule } from "../rules/rule.js";
import type { LaneBlock } from "./lane-block.js";
import { buildPolicyPrograms } from "./policy-programs.js";
import { buildRulePrograms, type RolloutPrograms, withoutUnits } from "./programs.js";
import { kernel, stageCall } from "./rollout-jobs.js";

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
  readonly calls: (place: StagePlace) => { readonly start: readonly Call[]; readonly act: readonly Call[] };
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
  const { controller, frozen, programs } = options;
  const stage = isLearned(controller) ? learnedStage(controller, options) : ruleStage(controller, options);
  return frozen ? freeze(stage, frozen, programs) : stage;
}

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

function learnedStage(controller: LearnedController, options: StageOptions): DecisionStage {
  const { id, index, world, programs, perBatch } = options;
  const head = policyHead(world);
  const policy = buildPolicyPrograms(programs.records, head);
  const plan = planActor(controller.network, head.numOutputs);
  const { inputs } = plan.spec;
  const table = networkTable(plan);
  const tableBytes = Math.ceil(table.byteLength / 64) * 64;
  const normalizerBytes = Math.ceil((inputs * 8) / 64) * 64;
  const weightBytes = Math.ceil((plan.parameterCount * 4) / 64) * 64;
  const chunkBytes = perBatch ? weightBytes : 0;
  const weightsAt = (address: number) => address + tableBytes + normalizerBytes;
  const loadChunk = (buffer: ArrayBufferLike, address: number, chunk: number, network: PolicyNetwork) => {
    const at = weightsAt(address) + chunk * chunkBytes;
    new Float32Array(buffer, at, plan.parameterCount).set(packLayers(plan, network.layers));
  };
  const loadNormalizer: DecisionStage["loadNormalizer"] = (buffer, address, { mean, scale }) =>
    new Float32Array(buffer, address + tableBytes, 2 * inputs).set([...mean, ...scale]);
  const [input, output] = [`input${index}`, `output${index}`];
  return {
    id,
    records: [
      { ...policy.input, name: input },
      { ...policy.output, name: output },
    ],
    programs: [policy.normalize, policy.deterministic],
    decisionInterval: controller.decisionInterval,
    memoryBytes: tableBytes + normalizerBytes + (perBatch ? 0 : weightBytes),
    chunkBytes,
    scratchBytes: plan.scratchCount * 4,
    load: (buffer, address) => {
      new Int32Array(buffer, address, table.length).set(table);
      loadNormalizer(buffer, address, controller.normalizer);
      if (!perBatch) loadChunk(buffer, address, 0, controller.network);
    },
    loadNormalizer,
    ...(perBatch ? { loadChunk } : {}),
    calls: ({ block, address, scratch, lane, firstInstance, schedule }) => {
      const when = schedule ? { when: { address: schedule, count: 4 } } : {};
      const run = (instance: number, ...bases: Argument[]): Call => stageCall(instance - 1, 0, block.chunkLanes, ...bases);
      const weights = { base: weightsAt(address), perChunk: chunkBytes };
      const { capacity, chunkLanes } = block;
      return {
        start: [],
        act: [
          run(firstInstance, lane("observation"), address, address + tableBytes, lane(input)),
          kernel("forward", address, weights, lane(input), capacity, chunkLanes, lane(output), capacity, scratch),
          run(firstInstance + 1, lane(output), lane("requested")),
        ].map((call) => ({ ...call, ...when })),
      };
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
