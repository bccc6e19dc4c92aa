import type { WordPlan } from "../../../compiler/wgsl/word-plan.js";
import type { LaneBlock } from "../lane-block.js";

/**
 * Saved lanes lie chunk after chunk, as the CPU works on them, and on a GPU field after field; the words are the same.
 * Records of a saved state that the GPU keeps elsewhere are 0 on the way back: every decision writes them anew.
 */
export function toGpuWords(saved: Uint32Array, block: LaneBlock, plan: WordPlan): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(plan.laneWords);
  eachRun(block, plan, (savedAt, gpuAt, count) => words.set(saved.subarray(savedAt, savedAt + count), gpuAt));
  return words;
}

/** The other way; lanes beyond the last, which chunks are padded with and the CPU steps too, are copies of the last. */
export function toSavedLanes(words: Uint32Array, block: LaneBlock, plan: WordPlan): Uint32Array<ArrayBuffer> {
  const saved = new Uint32Array(block.bytes / 4);
  eachRun(block, plan, (savedAt, gpuAt, count) => {
    saved.set(words.subarray(gpuAt, gpuAt + count), savedAt);
    saved.fill(words[gpuAt + count - 1]!, savedAt + count, savedAt + block.chunkLanes);
  });
  return saved;
}

/** Calls with the words of one field in one chunk, for all fields that both have. */
function eachRun(block: LaneBlock, plan: WordPlan, copy: (savedAt: number, gpuAt: number, count: number) => void): void {
  const { numLanes, numChunks, chunkLanes, chunkBytes, capacity, offsets, layouts } = block;
  for (const [record, offset] of plan.offsets) {
    const { size } = layouts.get(record)!;
    for (let chunk = 0; chunk < numChunks; chunk++) {
      const first = (chunk * chunkBytes + offsets.get(record)!) / 4;
      const count = Math.min(chunkLanes, numLanes - chunk * chunkLanes);
      for (let slot = 0; slot < size; slot++) {
        copy(first + slot * capacity, offset + slot * plan.capacity + chunk * chunkLanes, count);
      }
    }
  }
}
