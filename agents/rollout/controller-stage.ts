import type { Program } from "../../compiler/ir/program.js";
import type { RecordBinding } from "../../compiler/schema.js";
import { buildProgram } from "../../compiler/trace/build-program.js";
import type { World } from "../../env/world.js";
import { type NetworkPlan, networkTable, planNetwork } from "../../models/spec.js";
import type { Argument, Call } from "../../models/wasm/plan.js";
import type { Rule } from "../controller.js";
import type { LearnedController, PolicyNetwork } from "../learned.js";
import { policyHead } from "../policy/head.js";
import type { LaneBlock } from "./lane-block.js";
import { buildPolicyPrograms } from "./policy-programs.js";
import { buildRulePrograms, type RolloutPrograms, withoutUnits } from "./programs.js";

/** A controller that episodes are simulated with. Decisions are deterministic. */
export type EpisodeController = (RuleOfEpisodes | LearnedOfEpisodes) & {
  /** Actions that are held at a value whatever the controller asks for (ablation). */
  readonly frozen?: Readonly<Record<string, number>>;
};

interface RuleOfEpisodes {
  readonly kind: "rule";
  readonly rule: Rule;
  /** Parameters differ from episode to episode. */
  readonly perLaneParams?: boolean;
}

interface LearnedOfEpisodes {
  readonly kind: "learned";
  readonly controller: LearnedController;
  /** Every batch brings a network of its own; the controller's gives its shape. */
  readonly perBatchNetwork?: boolean;
}

/** What a controller adds to a simulator: records in the lane block, modules, memory and calls. */
export interface ControllerStage {
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
  /** Writes the weights of one chunk; absent where all chunks share them. */
  readonly loadChunk?: (buffer: ArrayBufferLike, address: number, chunk: number, network: PolicyNetwork) => void;
  /** Calls of the start of an episode and of one decision. */
  readonly calls: (place: StagePlace) => { readonly start: readonly Call[]; readonly act: readonly Call[] };
}

export interface StagePlace {
  readonly block: LaneBlock;
  readonly address: number;
  readonly scratch: Argument;
  /** Instance of the stage's first program. */
  readonly firstInstance: number;
  readonly lane: (record: string) => Argument;
  /** Address of four floats per control step, not zero where the controller decides anew; absent: in every step. */
  readonly schedule?: Argument;
}

export function prepareController(
  controller: EpisodeController,
  world: World,
  programs: RolloutPrograms,
  id: string,
  index: number,
): ControllerStage {
  const stage =
    controller.kind === "rule"
      ? ruleStage(controller, programs, id, index)
      : learnedStage(controller, world, programs, id, index);
  return controller.frozen ? freeze(stage, controller.frozen, programs) : stage;
}

function ruleStage(
  { rule, perLaneParams }: RuleOfEpisodes,
  programs: RolloutPrograms,
  id: string,
  index: number,
): ControllerStage {
  const paramsRecord = perLaneParams ? `params${index}` : undefined;
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

function learnedStage(
  { controller, perBatchNetwork }: LearnedOfEpisodes,
  world: World,
  programs: RolloutPrograms,
  id: string,
  index: number,
): ControllerStage {
  const head = policyHead(world);
  const policy = buildPolicyPrograms(programs.records, head);
  const { layers, activation } = controller.network;
  const inputs = layers[0]!.inputs;
  const hidden = layers.slice(0, -1).map((layer) => layer.outputs);
  const plan = planNetwork({ inputs, hidden, outputs: head.numOutputs, activation }, "actor");
  const table = networkTable(plan);
  const tableBytes = Math.ceil(table.byteLength / 64) * 64;
  const normalizerBytes = Math.ceil((inputs * 8) / 64) * 64;
  const weightBytes = Math.ceil((plan.parameterCount * 4) / 64) * 64;
  const chunkBytes = perBatchNetwork ? weightBytes : 0;
  const weightsAt = (address: number) => address + tableBytes + normalizerBytes;
  const loadChunk = (buffer: ArrayBufferLike, address: number, chunk: number, network: PolicyNetwork) => {
    const at = weightsAt(address) + chunk * chunkBytes;
    new Float32Array(buffer, at, plan.parameterCount).set(padWeights(network, plan));
  };
  const [input, output] = [`input${index}`, `output${index}`];
  return {
    id,
    records: [
      { ...policy.input, name: input },
      { ...policy.output, name: output },
    ],
    programs: [policy.normalize, policy.deterministic],
    decisionInterval: controller.decisionInterval,
    memoryBytes: tableBytes + normalizerBytes + (perBatchNetwork ? 0 : weightBytes),
    chunkBytes,
    scratchBytes: plan.scratchCount * 4,
    load: (buffer, address) => {
      new Int32Array(buffer, address, table.length).set(table);
      const { mean, scale } = controller.normalizer;
      new Float32Array(buffer, address + tableBytes, 2 * inputs).set([...mean, ...scale]);
      if (!perBatchNetwork) loadChunk(buffer, address, 0, controller.network);
    },
    ...(perBatchNetwork ? { loadChunk } : {}),
    calls: ({ block, address, scratch, lane, firstInstance, schedule }) => {
      const when = schedule ? { when: { address: schedule, count: 4 } } : {};
      const run = (instance: number, ...bases: Argument[]): Call => ({
        instance,
        export: "run",
        args: [0, block.chunkLanes, ...bases],
      });
      const weights = { base: weightsAt(address), perChunk: chunkBytes };
      const { capacity, chunkLanes } = block;
      return {
        start: [],
        act: [
          run(firstInstance, lane("observation"), address, address + tableBytes, lane(input)),
          {
            instance: 0,
            export: "forward",
            args: [address, weights, lane(input), capacity, chunkLanes, lane(output), capacity, scratch],
          },
          run(firstInstance + 1, lane(output), lane("requested")),
        ].map((call) => ({ ...call, ...when })),
      };
    },
  };
}

/** The network's weights as the kernels lay them out. */
function padWeights(network: PolicyNetwork, plan: NetworkPlan): Float32Array {
  const params = new Float32Array(plan.parameterCount);
  for (const [l, { inputs, outputs, paddedOutputs, weight, bias }] of plan.layers.entries()) {
    const { weights, biases } = network.layers[l]!;
    for (let i = 0; i < inputs; i++) params.set(weights.subarray(i * outputs, (i + 1) * outputs), weight + i * paddedOutputs);
    params.set(biases, bias);
  }
  return params;
}

function freeze(stage: ControllerStage, frozen: Readonly<Record<string, number>>, programs: RolloutPrograms): ControllerStage {
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
