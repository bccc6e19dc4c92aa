import type { AgentPlan, NetworkPlan } from "../spec.js";

/** Where the activations and deltas of a network lie in a sample's record; `vec4f` columns from its begin. */
interface NetworkRecord {
  /** One for each hidden layer, first to last. */
  readonly hidden: readonly number[];
  /** One for each layer, first to last: derivatives of the loss with respect to the layer's sums. */
  readonly deltas: readonly number[];
}

/** What the weight gradient needs of one sample, kept in global memory: columns of 4 floats. */
export interface RecordPlan {
  /** `vec4f` columns of a record. */
  readonly size: number;
  /** Column of the input, as wide as the wider network's padded inputs; the networks share their first columns. */
  readonly input: number;
  readonly inputColumns: number;
  readonly actor: NetworkRecord;
  readonly critic: NetworkRecord;
}

export function planRecords({ actor, critic }: AgentPlan): RecordPlan {
  const inputColumns = Math.max(actor.layers[0]!.paddedInputs, critic.layers[0]!.paddedInputs) / 4;
  let size = inputColumns;
  const place = (width: number) => {
    const column = size;
    size += width / 4;
    return column;
  };
  const placeNetwork = ({ layers }: NetworkPlan): NetworkRecord => ({
    hidden: layers.slice(0, -1).map(({ paddedOutputs }) => place(paddedOutputs)),
    deltas: layers.map(({ paddedOutputs }) => place(paddedOutputs)),
  });
  const records = { input: 0, inputColumns, actor: placeNetwork(actor), critic: placeNetwork(critic) };
  return { ...records, size };
}
