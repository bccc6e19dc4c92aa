/** What the module exports; documented for its callers in models/wasm/kernels.ts. All pointers are byte addresses. */
export { forward, backward, inputGradient } from "./network";
export { copy, gather, pack } from "./layout";
export { permute } from "./permutation";
export { anyNonZero, fill, firstNonFinite, moments, reduceChunks, sumRows, sumSquares } from "./reduce";
export { centerGroups, gae } from "./advantage";
export { adam } from "./adam";
export { peak } from "./peak";
