import { expect, test } from "vitest";
import { recordInfo } from "../../../compiler/ir/record-info.js";
import { planWords } from "../../../compiler/wgsl/word-plan.js";
import { akash } from "../../../env/economies/akash/index.js";
import { learnerOptions } from "../../../test/support/learner-memory.js";
import { planLearning } from "../../ppo/plan.js";
import { readField, writeField } from "../lane-block.js";
import { planLanes, savedRecords } from "../rollout-layout.js";
import { toGpuWords, toSavedLanes } from "./lane-words.js";

// Within one chunk of the CPU's lanes, exactly one, two, and one with the second partly used.
test.each([64, 256, 512, 320])("%i lanes come back from a GPU as they were, each in its place", (numEnvs) => {
  const { programs } = planLearning(learnerOptions(akash, { numEnvs }));
  const block = planLanes(programs, numEnvs);
  const plan = planWords(savedRecords(programs).map(recordInfo), numEnvs);
  const saved = new Uint32Array(block.bytes / 4);
  const placed = { block, start: 0, buffer: saved.buffer };
  const fields = [...plan.offsets.keys()]
    .flatMap((record) => [...block.layouts.get(record)!.slots].map(([field, slot]) => ({ record, field, slot })))
    .map((each, i) => ({ ...each, first: (1 + i) * numEnvs }));
  for (const { record, field, first } of fields) writeField(placed, record, field, (lane) => first + lane, true);

  const words = toGpuWords(saved, block, plan);
  expect(words.length).toBe(plan.laneWords);
  for (const { record, slot, first } of fields) {
    const at = plan.offsets.get(record)! + slot * numEnvs;
    expect([...words.subarray(at, at + numEnvs)]).toEqual(Array.from({ length: numEnvs }, (_, lane) => first + lane));
  }
  const back = toSavedLanes(words, block, plan);
  for (const { record, field } of fields) {
    expect(readField({ ...placed, buffer: back.buffer }, record, field)).toEqual(readField(placed, record, field));
  }
  // With the lanes beyond the last, which chunks are padded with: the CPU steps them, so they must be worth stepping.
  const padded = { ...block, numLanes: block.numChunks * block.chunkLanes };
  for (const { record, field } of fields) {
    const read = (lanes: Uint32Array) => readField({ block: padded, start: 0, buffer: lanes.buffer }, record, field);
    expect(read(back)).toEqual(read(saved));
  }
});
