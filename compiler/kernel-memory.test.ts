import { expect, test } from "vitest";
import { planMemory, viewMemory } from "./kernel-memory.js";

test("blocks start at multiples of 64 bytes, do not overlap and leave address 0 free", () => {
  const plan = planMemory();
  const blocks = [1, 16, 0, 17, 5].map((length) => plan.reserve(length));
  expect(blocks.map((block) => block.offset)).toEqual([64, 128, 192, 192, 320]);
  expect(plan.bytes()).toBe(384);
});

test("views of different types see the same bytes, here and through the memory alone", () => {
  const plan = planMemory();
  const [first, second] = [plan.reserve(3), plan.reserve(20_000)];
  const created = plan.create();
  created.f32(first).set([1, -2, 0.5]);
  created.u32(second).fill(7);
  expect(created.u32(first)[0]).toBe(0x3f800000);
  const elsewhere = viewMemory(created.memory);
  expect([...elsewhere.f32(first)]).toEqual([1, -2, 0.5]);
  expect(elsewhere.i32(second)[19_999]).toBe(7);
  expect(created.memory.buffer.byteLength).toBe(2 * 65536);
});

test("lengths that make no sense, more than 4 GiB and late reservations are refused", () => {
  const plan = planMemory();
  expect(() => plan.reserve(-1)).toThrow("a block has -1 elements");
  expect(() => plan.reserve(1.5)).toThrow("a block has 1.5 elements");
  expect(() => planMemory().reserve(2 ** 30)).toThrow("4 GiB");
  plan.create();
  expect(() => plan.reserve(1)).toThrow("reserve before that");
  expect(() => viewMemory(new WebAssembly.Memory({ initial: 1 }))).toThrow("shared");
});
