import { emitJs } from "../../compiler/js/emit-js.js";
import { layoutRecord } from "../../compiler/schema.js";
import { laneRecords } from "../../env/lane/records.js";
import { parseEnvOptions } from "../../env/settings.js";
import type { World } from "../../env/world.js";
import { type ControllerFile, SELF_TEST_TOLERANCE } from "../learned/controller-file.js";
import { describeInterface, describeNeeds, hashInterface } from "../learned/interface.js";
import type { DenseLayer, LearnedController } from "../learned/learned-controller.js";
import { controllerShape } from "../learned/start-policy.js";
import { type BaseRule, type PolicyStructure, policyPlaces } from "../learned/structure.js";
import { buildRulePrograms } from "../rollout/programs.js";
import { makeBaseRule } from "../rules/base-rule.js";
import type { ExportFormat } from "./format.js";

export const module: ExportFormat = {
  id: "module",
  doc: "JavaScript module without imports, for a browser, a bot or another simulator",
  fileName: "controller.mjs",
  page: [
    "One ES module that imports nothing and runs wherever JavaScript does. Decisions are computed in float64 by the same operations in the",
    "same order as flyball's own, so they have the same bits on the same engine; `Math.tanh` of another engine may differ in the last one.",
    "",
    "```js",
    'import { act, controller, selfCheck, start } from "./controller.mjs";',
    "",
    "selfCheck(); // throws when a recorded decision is not repeated",
    "let state = start(); // one for each episode",
    "const decision = act(state, [/* raw observations, in the order of controller.observations */]);",
    "state = decision.state; // call it in every control step: a decision holds for controller.decisionInterval of them",
    "decision.action; // requested, in the units and the order of controller.actions",
    "```",
    "",
    "The state holds what the controller remembers of the episode: the decision in force and, of a controller with structure, means of what it saw,",
    "its last request and the memory of its base rule, whose code is in the module. `selfCheck` gives such a controller the recorded requests of",
    "its base. A controller without structure also has `decide(observation)`, a single decision.",
    "",
    "Breakers are not in the module: it requests, and whoever applies the request holds it within `controller.limits`, each action's band",
    "and its `maxMove`. `controller.interfaceHash` tells whether observations, actions, delays and limits are those that it was trained with.",
  ].join("\n"),
  render: renderModule,
};

function renderModule({ controller, provenance, selfTest }: ControllerFile, world: World): string {
  const { network, normalizer, objective, paramsHash, decisionInterval, structure } = controller;
  const about = {
    ...describeInterface(controller),
    interfaceHash: hashInterface(describeNeeds(controller)),
    paramsHash,
    objective,
    decisionInterval,
    ...(structure ? { structure } : {}),
    provenance,
  };
  return [
    "// A controller that flyball trained. It imports nothing and keeps no state: see start, act and selfCheck.",
    `export const controller = ${JSON.stringify(about, null, 2)};`,
    "",
    "// x = clip((observation - mean) * scale): scale is 1 / standard deviation, 0 for what never varied.",
    `const normalizer = ${JSON.stringify(normalizer)};`,
    "// Dense layers; weights are [inputs, outputs] row-major.",
    `const layers = [${network.layers.map(renderLayer).join("")}\n];`,
    "// Raw observations and the actions that the trained policy requested for them.",
    `const recorded = [${selfTest.map((pair) => `\n  ${JSON.stringify(pair)},`).join("")}\n];`,
    "",
    ACTIVATION[network.activation],
    FORWARD,
    ...(structure ? [renderBase(structure.base, world), renderPlaces(controller, structure), EPISODE] : [SINGLE]),
    SELF_CHECK,
  ].join("\n");
}

/** The base rule as two functions over its memory, the observation and the request, each an array of float64. */
function renderBase(base: BaseRule | null, world: World): string {
  if (!base) return "\n// There is no base rule.\nconst base = null;";
  const { params } = parseEnvOptions(world, {}).lane;
  const { memory, start, act } = buildRulePrograms(makeBaseRule(base, world), laneRecords(world, params), { memory: "memory" });
  const emit = (program: typeof act) => emitJs(program, { capacity: 1, partLength: Number.POSITIVE_INFINITY }).source;
  return `
// The base rule ${base.rule}, its parameters folded in: memory, observation and request are float64 arrays.
const base = {
  memorySize: ${layoutRecord(memory).size},
  start: (() => {
${emit(start)}
  })(),
  act: (() => {
${emit(act)}
  })(),
};`;
}

/** Where the network finds its inputs, and where the actions are among its outputs. */
function renderPlaces(controller: LearnedController, structure: PolicyStructure): string {
  const places = policyPlaces(controllerShape(controller), structure);
  return `
// Places of numbers in a row of network inputs (context, own numbers of the element at hand, those of every element) and among the outputs
// of the network, which runs once for each element of a group, or once.
const places = ${JSON.stringify(places)};`;
}

function renderLayer({ inputs, outputs, weights, biases }: DenseLayer): string {
  const list = (floats: Float32Array) => `new Float32Array([${Array.from(floats, shortest).join(",")}])`;
  return `\n  { inputs: ${inputs}, outputs: ${outputs}, weights: ${list(weights)}, biases: ${list(biases)} },`;
}

/** The shortest decimal number that is this float32 when it is rounded to one. */
function shortest(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return Object.is(value, -0) ? "-0" : String(value);
}

const ACTIVATION = {
  tanh: "const activate = Math.tanh;",
  relu: "const activate = (x) => Math.max(0, x);",
} as const;

/** The very operations of flyball's float64 decision, in its order. */
const FORWARD = `
/** x within low .. high; \`safe\` for a NaN. */
function clamp(x, low, high, safe) {
  if (x >= low) return Math.min(x, high);
  return x < low ? low : safe;
}

function normalize(observation) {
  const { mean, scale, clip } = normalizer;
  if (observation.length !== mean.length) throw new RangeError(\`\${observation.length} observations, \${mean.length} are needed\`);
  return mean.map((middle, i) => clamp((observation[i] - middle) * scale[i], -clip, clip, 0));
}

function forward(input) {
  let values = input;
  for (const [l, { inputs, outputs, weights, biases }] of layers.entries()) {
    const sums = Array.from(biases);
    for (let k = 0; k < inputs; k++) {
      for (let h = 0; h < outputs; h++) sums[h] += values[k] * weights[k * outputs + h];
    }
    values = l === layers.length - 1 ? sums : sums.map((x) => activate(x));
  }
  return values;
}`;

/** Of a network alone. */
const SINGLE = `
/**
 * The decision for an observation: requested actions in their own units, in the order of controller.actions; for a choice its number
 * alone. An observation that is NaN counts as its mean.
 */
export function decide(observation) {
  const output = forward(normalize(observation));
  const { actions } = controller;
  if (!Array.isArray(actions)) return [output.indexOf(Math.max(...output))];
  return actions.map(({ low, high }, i) => low + 0.5 * (high - low) * (1 + clamp(output[i], -1, 1, 0)));
}

/** The state at the start of an episode: plain data. */
export function start() {
  return { step: 0, action: [] };
}

/** One control step: the action that is requested in it, and the state for the next. Decides every controller.decisionInterval steps. */
export function act(state, observation) {
  const action = state.step % controller.decisionInterval === 0 ? decide(observation) : state.action;
  return { action, state: { step: state.step + 1, action } };
}

function replay() {
  return recorded.map(({ observation }) => decide(observation));
}
`;

/** Of a policy with structure, whose decisions depend on the episode so far. */
const EPISODE = `
/** The state at the start of an episode: plain data. */
export function start() {
  const memory = new Float64Array(base === null ? 0 : base.memorySize);
  if (base !== null) base.start(0, 1, [memory, []]);
  return {
    step: 0,
    means: controller.structure.memoryRates.map(() => normalizer.mean.map(() => 0)),
    last: controller.actions.map(({ low, high, start }) => (2 * (start - low)) / (high - low) - 1),
    output: [],
    memory: Array.from(memory),
  };
}

/**
 * One control step: the actions that are requested in it, in their own units and in the order of controller.actions, and the state for
 * the next. The network decides every controller.decisionInterval steps, its base in each. An observation that is NaN counts as its mean.
 */
export function act(state, observation) {
  if (base === null) return request(state, observation);
  const memory = Float64Array.from(state.memory);
  const asked = new Float64Array(controller.actions.length);
  base.act(0, 1, [memory, Float64Array.from(observation), [], asked]);
  return request({ ...state, memory: Array.from(memory) }, observation, asked);
}

/** As act, given what the base asks for. */
function request(state, observation, asked) {
  const { memoryRates, lastRequest } = controller.structure;
  const x = normalize(observation);
  let { means, output } = state;
  if (state.step % controller.decisionInterval === 0) {
    const moved = (mean, rate, value) => (state.step === 0 ? value : mean + rate * (value - mean));
    means = memoryRates.map((rate, k) => x.map((value, i) => moved(state.means[k][i], rate, value)));
    output = forwardElements(x, means, lastRequest ? state.last : []);
  }
  const last = controller.actions.map(({ low, high }, i) => {
    const own = outputOf(output, i);
    if (base === null) return clamp(own, -1, 1, -1);
    return clamp((2 * (clamp(asked[i], low, high, low) - low)) / (high - low) - 1 + own, -1, 1, -1);
  });
  const action = controller.actions.map(({ low, high }, i) => low + 0.5 * (high - low) * (1 + last[i]));
  return { action, state: { ...state, step: state.step + 1, means, last, output } };
}

/** The outputs of the network for each element of a group, or its outputs alone. */
function forwardElements(x, means, last) {
  const { rowLength, numElements, numContext, numOwn, ownAt, pooledAt, observations, strides, lasts } = places;
  const row = new Array(rowLength).fill(0);
  for (const [i, at] of observations.entries()) {
    row[at] = x[i];
    for (const [k, mean] of means.entries()) row[at + (k + 1) * strides[i]] = mean[i];
  }
  for (const [j, value] of last.entries()) row[lasts[j]] = value;
  for (let c = 0; c < numOwn; c++) {
    let sum = 0;
    for (let e = 0; e < numElements; e++) sum += row[ownAt + e * numOwn + c];
    row[pooledAt + c] = (1 / numElements) * sum;
  }
  const outputs = [];
  for (let e = 0; e < numElements; e++) {
    const own = row.slice(ownAt + e * numOwn, ownAt + (e + 1) * numOwn);
    outputs.push(...forward([...row.slice(0, numContext), ...own]));
  }
  return outputs;
}

/** What the network adds to an action: the output of its element, or the mean over all elements. */
function outputOf(output, action) {
  const { outputs, copies, numOutputs, numElements } = places;
  let sum = output[outputs[action]];
  for (let e = 1; e < copies[action]; e++) sum += output[outputs[action] + e * numOutputs];
  return copies[action] > 1 ? (1 / numElements) * sum : sum;
}

/** The recorded decisions are one episode's. Each starts from the recorded last request, so that differences do not add up. */
function replay() {
  let state = start();
  return recorded.map(({ observation, base: asked, action: recordedAction }) => {
    const decision = request(state, observation, asked);
    const last = controller.actions.map(({ low, high }, i) => (2 * (recordedAction[i] - low)) / (high - low) - 1);
    state = { ...decision.state, last };
    return decision.action;
  });
}
`;

const SELF_CHECK = `
/**
 * Repeats the recorded decisions, which come from a float32 device. Returns the largest difference as a share of an action's band.
 * Throws when it is above ${SELF_TEST_TOLERANCE}: then the file was altered, or the engine computes something else.
 */
export function selfCheck() {
  let worst = 0;
  for (const [n, action] of replay().entries()) {
    for (const [i, value] of action.entries()) {
      const { low = 0, high = 1 } = Array.isArray(controller.actions) ? controller.actions[i] : {};
      const difference = Math.abs(value - recorded[n].action[i]) / (high - low);
      if (!(difference <= worst)) worst = difference;
    }
  }
  if (!(worst <= ${SELF_TEST_TOLERANCE})) throw new Error(\`the controller does not repeat its recorded decisions: off by \${worst} of a band\`);
  return worst;
}
`;
