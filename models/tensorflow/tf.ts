import type * as TensorFlow from "@tensorflow/tfjs";

/** TensorFlow.js as a value: which of its packages it came from is settled when the program runs, see load.ts. */
export type Tf = typeof TensorFlow;
