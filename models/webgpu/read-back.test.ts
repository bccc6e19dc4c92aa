import { expect, test } from "vitest";
import { createReadBack, type Wanted } from "./read-back.js";

/** A device that copies when the host waits, in memory of its own. */
function standIn() {
  const alive = new Set<object>();
  let made = 0;
  const createBuffer = ({ size }: { size: number }) => {
    made++;
    const bytes = new Uint8Array(size);
    const buffer = {
      size,
      bytes,
      fails: false,
      mapAsync: async () => {
        if (buffer.fails) throw new Error("aborted");
      },
      getMappedRange: () => bytes.buffer,
      unmap: () => {},
      destroy: () => alive.delete(buffer),
    };
    alive.add(buffer);
    return buffer;
  };
  const source = Uint8Array.from({ length: 64 }, (_, i) => i);
  const copies: ReturnType<typeof createBuffer>[] = [];
  const encoder = {
    copyBufferToBuffer: (_: object, from: number, to: ReturnType<typeof createBuffer>, at: number, count: number) => {
      copies.push(to);
      to.bytes.set(source.subarray(from, from + count), at);
    },
  } as unknown as GPUCommandEncoder;
  const readBack = createReadBack({ createBuffer } as unknown as GPUDevice);
  const wanted = (offset: number, bytes: number): Wanted => ({ buffer: {} as GPUBuffer, offset, bytes });
  return { readBack, encoder, wanted, alive, copies, made: () => made };
}

test("parts come back each by itself, and one piece of memory serves reads of one size after another", async () => {
  const { readBack, encoder, wanted, made } = standIn();
  for (let i = 0; i < 100; i++) {
    const [first, second] = await readBack.copy(encoder, [wanted(8, 4), wanted(32, 8)])();
    expect([...new Uint8Array(first!)]).toEqual([8, 9, 10, 11]);
    expect([...new Uint8Array(second!)]).toEqual([32, 33, 34, 35, 36, 37, 38, 39]);
  }
  expect(made()).toBe(1);
});

test("reads that are under way at once have memory of their own, and no more is made later", async () => {
  const { readBack, encoder, wanted, made } = standIn();
  for (let i = 0; i < 10; i++) {
    const reads = [readBack.copy(encoder, [wanted(0, 4)]), readBack.copy(encoder, [wanted(16, 4)])];
    const [first, second] = await Promise.all(reads.map((read) => read()));
    expect([...new Uint8Array(first![0]!)]).toEqual([0, 1, 2, 3]);
    expect([...new Uint8Array(second![0]!)]).toEqual([16, 17, 18, 19]);
  }
  expect(made()).toBe(2);
});

test("a read that fails says so, and all memory is given back in the end", async () => {
  const { readBack, encoder, wanted, alive, copies } = standIn();
  const read = readBack.copy(encoder, [wanted(0, 4)]);
  copies[0]!.fails = true;
  await expect(read()).rejects.toThrow("aborted");
  await readBack.copy(encoder, [wanted(0, 8)])();
  expect(alive.size).toBe(2);
  readBack.dispose();
  expect(alive.size).toBe(0);
});
