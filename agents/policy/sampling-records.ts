/** What a policy head's sampling function reads and writes: records of the rollout, `Output` and `Free` of the head. */
export interface SamplingRecords<Output, Free, Requested> {
  readonly control: { readonly seed: number; readonly policy: number; readonly noiseDay: number };
  readonly lane: { readonly episode: number; readonly noise: number };
  /** Of the policy network. */
  readonly output: Output;
  /** Parameters besides the network's. */
  readonly free: Free;
  /** What is stored for the update. */
  readonly decision: Decision;
  /** In the action's units. */
  readonly requested: Requested;
}

interface Decision {
  readonly action: number[];
  logProb: number;
}
