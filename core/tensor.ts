/** A raw array as checkpoints hold it. */
export type Tensor = Float32Array | Float64Array | Uint32Array | Int32Array | Uint8Array;
