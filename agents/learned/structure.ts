import { clamp } from "../../compiler/primitives.js";
import type { RecordSpec, Uses } from "../../compiler/schema.js";
import type { ElementGroup, World } from "../../env/world.js";
import { type Places, placeNumbers } from "./places.js";

/** What a policy has besides a network from observation to action. Only worlds with continuous actions have it. */
export interface PolicyStructure {
  /** The rule whose request the network's output is added to, in halves of each band; null: the middle of each band. */
  readonly base: BaseRule | null;
  /** The network also sees exponential means of each observation: a mean moves by this share of the distance in each decision. */
  readonly memoryRates: readonly number[];
  /** The network also sees the last request. */
  readonly lastRequest: boolean;
  /** The equal elements that the network decides on one by one, the same network for all; absent: it decides on everything at once. */
  readonly group?: ElementGroup | undefined;
}

/** A fixed rule by its id, with values of its parameters; those left out are the rule's own. */
export interface BaseRule {
  readonly rule: string;
  readonly values: Readonly<Record<string, number>>;
}

/** A network alone. */
export const NO_STRUCTURE: PolicyStructure = { base: null, memoryRates: [], lastRequest: false };

/** Whether there is anything besides the network. */
export function hasStructure({ base, memoryRates, lastRequest, group }: PolicyStructure): boolean {
  return base !== null || memoryRates.length > 0 || lastRequest || group !== undefined;
}

interface Band {
  readonly low: number;
  readonly high: number;
  readonly start: number;
}

/** What a policy's input and output are made of. */
export interface PolicyShape {
  readonly observations: readonly string[];
  readonly bands: Readonly<Record<string, Band>>;
}

export function worldShape({ observations, actions }: Pick<World, "observations" | "actions">): PolicyShape {
  return { observations: Object.keys(observations), bands: actions.kind === "continuous" ? actions.fields : {} };
}

const numActions = ({ bands }: PolicyShape): number => Object.keys(bands).length;

/** Where the numbers of a policy with this structure lie among its network's inputs and outputs. */
export function policyPlaces(
  { observations, bands }: PolicyShape,
  { memoryRates, lastRequest, group }: PolicyStructure,
): Places {
  return placeNumbers({ observations, actions: Object.keys(bands), numRates: memoryRates.length, lastRequest, group });
}

const unitless = (doc: string, length?: number) => (length === undefined ? { unit: "1", doc } : { unit: "1", doc, length });

/** What a policy remembers of an episode, per lane. */
export function policyMemory(shape: PolicyShape, { memoryRates, lastRequest }: PolicyStructure): RecordSpec {
  const numMeans = memoryRates.length * shape.observations.length;
  const means = {
    fresh: unitless("1 until the first decision of the episode"),
    means: unitless("exponential means of the normalised observations, rate by rate", numMeans),
  };
  return {
    ...(numMeans > 0 ? means : {}),
    ...(lastRequest ? { last: unitless("last request, -1 to 1 of each band", numActions(shape)) } : {}),
  };
}

/** What the functions below use. */
interface StructureUses extends Uses {
  readonly clamp: typeof clamp;
  readonly CLIP: number;
  readonly numObservations: number;
  readonly numActions: number;
  readonly RATES: readonly number[];
  readonly numRates: number;
  readonly hasBase: number;
  readonly hasLast: number;
  readonly FIRST: readonly number[];
  readonly STRIDE: readonly number[];
  readonly LAST: readonly number[];
  readonly OUTPUT: readonly number[];
  readonly COPIES: readonly number[];
  readonly numOutputs: number;
  readonly numElements: number;
  readonly PER_ELEMENT: number;
  readonly numOwn: number;
  readonly pooledAt: number;
  readonly ownAt: number;
  readonly bands: Readonly<Record<string, Uses & Band>>;
}

/** @param clip of normalised observations */
export function structureUses(shape: PolicyShape, structure: PolicyStructure, clip: number): StructureUses {
  const { base, memoryRates, lastRequest } = structure;
  const places = policyPlaces(shape, structure);
  const { numOutputs, numElements, numOwn, pooledAt, ownAt } = places;
  const bands = Object.entries(shape.bands).map(([name, { low, high, start }]) => [name, { low, high, start }] as const);
  return {
    clamp,
    CLIP: clip,
    numObservations: shape.observations.length,
    numActions: numActions(shape),
    RATES: memoryRates,
    numRates: memoryRates.length,
    hasBase: base ? 1 : 0,
    hasLast: lastRequest ? 1 : 0,
    FIRST: places.observations,
    STRIDE: places.strides,
    LAST: places.lasts,
    OUTPUT: places.outputs,
    COPIES: places.copies,
    ...{ numOutputs, numElements, numOwn, pooledAt, ownAt },
    PER_ELEMENT: 1 / numElements,
    bands: Object.fromEntries(bands),
  };
}

export interface Memory {
  fresh: number;
  readonly means: number[];
  readonly last: number[];
}

interface Normalizer {
  readonly mean: readonly number[];
  readonly scale: readonly number[];
}

type Named = Readonly<Record<string, number>>;

/** Sets the memory at the start of an episode. */
export function startMemory({ memory }: { readonly memory: Memory }, u: StructureUses): void {
  if (u.numRates > 0) {
    memory.fresh = 1;
    for (let i = 0; i < u.numRates * u.numObservations; i++) memory.means[i] = 0;
  }
  if (u.hasLast > 0) {
    let i = 0;
    for (const name in u.bands) {
      const { low, high, start } = u.bands[name]!;
      memory.last[i] = (2 * (start - low)) / (high - low) - 1;
      i = i + 1;
    }
  }
}

/** The network's inputs from observation and memory; the means move. A NaN becomes 0: the run is stopped elsewhere. */
export function readInput(
  records: {
    readonly observation: Named;
    readonly normalizer: Normalizer;
    readonly memory: Memory;
    readonly input: { readonly x: number[] };
  },
  u: StructureUses,
): void {
  const { observation, normalizer, memory, input } = records;
  let i = 0;
  for (const name in observation) {
    const x = u.clamp((observation[name]! - normalizer.mean[i]!) * normalizer.scale[i]!, -u.CLIP, u.CLIP, 0);
    input.x[u.FIRST[i]!] = x;
    for (let k = 0; k < u.numRates; k++) {
      const at = k * u.numObservations + i;
      const mean = memory.means[at]! + u.RATES[k]! * (x - memory.means[at]!);
      memory.means[at] = memory.fresh > 0.5 ? x : mean;
      input.x[u.FIRST[i]! + (k + 1) * u.STRIDE[i]!] = memory.means[at]!;
    }
    i = i + 1;
  }
  if (u.numRates > 0) memory.fresh = 0;
  if (u.hasLast > 0) {
    for (let j = 0; j < u.numActions; j++) input.x[u.LAST[j]!] = memory.last[j]!;
  }
  for (let c = 0; c < u.numOwn; c++) {
    let sum = 0;
    for (let e = 0; e < u.numElements; e++) sum = sum + input.x[u.ownAt + e * u.numOwn + c]!;
    input.x[u.pooledAt + c] = u.PER_ELEMENT * sum;
  }
}

/** The request from the network's output, added to that of the base, which `requested` holds. */
export function addToBase(
  records: {
    readonly output: { readonly mean: readonly number[] };
    readonly memory: Memory;
    readonly requested: Record<string, number>;
  },
  u: StructureUses,
): void {
  const { output, memory, requested } = records;
  let i = 0;
  for (const name in requested) {
    const { low, high } = u.bands[name]!;
    let sum = output.mean[u.OUTPUT[i]!]!;
    for (let e = 1; e < u.COPIES[i]!; e++) sum = sum + output.mean[u.OUTPUT[i]! + e * u.numOutputs]!;
    if (u.COPIES[i]! > 1) sum = u.PER_ELEMENT * sum;
    if (u.hasBase > 0) sum = (2 * (u.clamp(requested[name]!, low, high) - low)) / (high - low) - 1 + sum;
    const share = u.clamp(sum, -1, 1);
    if (u.hasLast > 0) memory.last[i] = share;
    requested[name] = low + 0.5 * (high - low) * (1 + share);
    i = i + 1;
  }
}
