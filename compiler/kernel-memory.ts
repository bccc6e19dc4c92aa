/** Part of a kernel memory: where it starts, in bytes, and its length in 4-byte elements. */
export interface Block {
  readonly offset: number;
  readonly length: number;
}

/** Where everything lies in a memory that does not exist yet. */
export interface MemoryPlan {
  /** Takes the next `length` elements of 4 bytes, at a multiple of 64 bytes. */
  readonly reserve: (length: number) => Block;
  /** Bytes taken so far. */
  readonly bytes: () => number;
  /** The memory with room for everything reserved; the plan is closed. */
  readonly create: () => KernelMemory;
}

/** One WebAssembly memory, shared between threads and never grown, so that its views stay valid. Dropping it frees it. */
export interface KernelMemory {
  readonly memory: WebAssembly.Memory;
  readonly f32: (block: Block) => Float32Array<SharedArrayBuffer>;
  readonly u32: (block: Block) => Uint32Array<SharedArrayBuffer>;
  readonly i32: (block: Block) => Int32Array<SharedArrayBuffer>;
}

const PAGE = 65536;
/** A cache line, so that no two blocks share one. */
const ALIGNMENT = 64;
const LARGEST = 65536 * PAGE;

/**
 * Plans a memory: reserve every block, then create it. Address 0 is left free.
 * @throws RangeError for a length that is not a whole number >= 0, more than 4 GiB, or a block reserved after `create`
 */
export function planMemory(): MemoryPlan {
  let end = ALIGNMENT;
  let closed = false;
  return {
    reserve: (length) => {
      if (closed) throw new RangeError("the memory has been created: reserve before that");
      if (!(Number.isInteger(length) && length >= 0))
        throw new RangeError(`a block has ${length} elements, must be whole and >= 0`);
      const offset = end;
      end = Math.ceil((end + 4 * length) / ALIGNMENT) * ALIGNMENT;
      if (end > LARGEST) throw new RangeError(`the blocks need ${end} bytes, more than the 4 GiB that a memory can have`);
      return { offset, length };
    },
    bytes: () => end,
    create: () => {
      closed = true;
      const pages = Math.ceil(end / PAGE);
      return viewMemory(new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }));
    },
  };
}

/** Views of a memory that exists, for example one received by a worker. */
export function viewMemory(memory: WebAssembly.Memory): KernelMemory {
  const buffer = memory.buffer;
  if (!(buffer instanceof SharedArrayBuffer)) throw new TypeError("a kernel memory must be shared between threads");
  return {
    memory,
    f32: ({ offset, length }) => new Float32Array(buffer, offset, length),
    u32: ({ offset, length }) => new Uint32Array(buffer, offset, length),
    i32: ({ offset, length }) => new Int32Array(buffer, offset, length),
  };
}
