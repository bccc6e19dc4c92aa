import { elementNames } from "../../env/group.js";
import type { ElementGroup } from "../../env/world.js";

/** Names of what a policy sees and moves, in the world's order, and what else it sees. */
interface Seen {
  readonly observations: readonly string[];
  readonly actions: readonly string[];
  readonly numRates: number;
  readonly lastRequest: boolean;
  readonly group?: ElementGroup | undefined;
}

/**
 * Where each number lies among the inputs and outputs of a policy's network. Without a group all inputs are context, and the network
 * runs once. With one it runs once for each element: on the context, which is the same for all (what no element has, then means over
 * the elements of what each has of its own), and on what the element has of its own.
 *
 * A row of inputs: context, the own numbers of the element at hand, then those of every element.
 */
export interface Places {
  readonly numContext: number;
  readonly numOwn: number;
  /** How often the network runs. */
  readonly numElements: number;
  /** Where the means over the elements begin. */
  readonly pooledAt: number;
  /** Where the own numbers of all elements begin. */
  readonly ownAt: number;
  readonly rowLength: number;
  /** Place of each observation in the row, and distance from there to each of its exponential means. */
  readonly observations: readonly number[];
  readonly strides: readonly number[];
  /** Place of the last request of each action. */
  readonly lasts: readonly number[];
  /** Outputs of one run of the network. Each element decides on its own actions; the others are the mean of what all say. */
  readonly numOutputs: number;
  /** Place of each action in the outputs of all runs, and how many runs speak of it. */
  readonly outputs: readonly number[];
  readonly copies: readonly number[];
}

/** Inputs of the network. */
export const networkInputs = ({ numContext, numOwn }: Places): number => numContext + numOwn;

export function placeNumbers(seen: Seen): Places {
  const { group, observations, actions, numRates, lastRequest } = seen;
  const size = group?.size ?? 1;
  const owned = { observations: group?.observations ?? [], actions: group?.actions ?? [] };
  const observed = split(observations, owned.observations, size);
  const moved = split(actions, owned.actions, size);
  const means = 1 + numRates;
  const lasts = lastRequest ? 1 : 0;
  const ownMeans = owned.observations.length * means;
  const commonMeans = observed.numCommon * means;
  const numOwn = ownMeans + owned.actions.length * lasts;
  const pooledAt = commonMeans + moved.numCommon * lasts;
  const numContext = pooledAt + numOwn;
  const ownAt = numContext + numOwn;
  const numOutputs = owned.actions.length + moved.numCommon;
  return {
    ...{ numContext, numOwn, pooledAt, ownAt, numOutputs },
    numElements: size,
    rowLength: ownAt + size * numOwn,
    observations: observed.places.map(({ element, at }) => (element < 0 ? at : ownAt + element * numOwn + at)),
    strides: observed.places.map(({ element }) => (element < 0 ? observed.numCommon : owned.observations.length)),
    lasts: moved.places.map(({ element, at }) => (element < 0 ? commonMeans + at : ownAt + element * numOwn + ownMeans + at)),
    outputs: moved.places.map(({ element, at }) => (element < 0 ? owned.actions.length + at : element * numOutputs + at)),
    copies: moved.places.map(({ element }) => (element < 0 ? size : 1)),
  };
}

/** Which element each name belongs to, -1 where to none, and its place among what that element, or none, has. */
function split(names: readonly string[], fields: readonly string[], size: number) {
  const owners = new Map(
    fields.flatMap((field, at) => elementNames({ size }, field).map((name, element) => [name, { element, at }] as const)),
  );
  let numCommon = 0;
  const places = names.map((name) => owners.get(name) ?? { element: -1, at: numCommon++ });
  return { places, numCommon };
}
