// @ts-check
/**
 * Turns a job into a function of the chunk. Plain JavaScript, so that a worker runs it unbuilt; used by the main thread and by
 * the workers.
 * @import { Argument, Call, Job } from "./plan.js"
 */

/** @typedef {(...args: number[]) => number | void} WasmFunction */
/** @typedef {[number, number, number, number, number, number, number, number, number, number]} TenNumbers at least */
/** @typedef {{ readonly exports: object }} Instance a WebAssembly.Instance, or what one exports */
/** @typedef {(f: WasmFunction, values: TenNumbers) => number | void} Invoke */

/**
 * @param {readonly WebAssembly.Module[]} modules each with at most one import: the memory, under any name
 * @param {WebAssembly.Memory} memory
 */
export function instantiate(modules, memory) {
  return modules.map((module) => {
    /** @type {Record<string, Record<string, WebAssembly.ImportValue>>} */
    const imports = {};
    for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
      if (kind !== "memory") throw new Error(`a stage module imports the ${kind} ${from}.${name}; only a memory is provided`);
      imports[from] = { ...imports[from], [name]: memory };
    }
    return new WebAssembly.Instance(module, imports);
  });
}

/**
 * @param {Job} job
 * @param {readonly Instance[]} instances the kernels first
 * @param {WebAssembly.Memory} memory
 * @param {number} thread 0 on the main thread
 * @returns {(chunk: number) => void}
 */
export function compileJob(job, instances, memory, thread) {
  const calls = job.calls.map((call) => compileCall(call, instances, memory, thread, job.name));
  const repeat = job.repeat ?? 1;
  return (chunk) => {
    for (const call of calls) call.start(chunk);
    for (let r = 0; r < repeat; r++) for (const call of calls) call.run();
  };
}

/**
 * @param {Call} call
 * @param {readonly Instance[]} instances
 * @param {WebAssembly.Memory} memory
 * @param {number} thread
 * @param {string} jobName
 */
function compileCall(call, instances, memory, thread, jobName) {
  const f = functionOf(call, instances, jobName);
  const args = compileArguments(call.args, memory, thread);
  const invoke = INVOKE[call.args.length] ?? invokeMany;
  const runAlways = () => {
    invoke(f, args.values);
    args.advance();
  };
  if (!call.when) return { start: args.start, run: runAlways };
  const condition = compileArguments([call.when.address, call.when.count], memory, thread);
  const anyNonZero = functionOf({ instance: 0, export: "anyNonZero", args: condition.values }, instances, jobName);
  return {
    /** @param {number} chunk */
    start: (chunk) => {
      args.start(chunk);
      condition.start(chunk);
    },
    run: () => {
      if (anyNonZero(condition.values[0], condition.values[1])) invoke(f, args.values);
      args.advance();
      condition.advance();
    },
  };
}

/**
 * @param {Call} call
 * @param {readonly Instance[]} instances
 * @param {string} jobName
 * @returns {WasmFunction}
 */
function functionOf(call, instances, jobName) {
  const exported = instances[call.instance]?.exports;
  /** @type {unknown} */
  const f = exported && Reflect.get(exported, call.export);
  if (typeof f !== "function") throw new Error(`job ${jobName}: instance ${call.instance} has no function "${call.export}"`);
  // A missing argument would silently become 0.
  if (f.length !== call.args.length) {
    throw new Error(`job ${jobName}: "${call.export}" takes ${f.length} arguments, got ${call.args.length}`);
  }
  return /** @type {WasmFunction} */ (f);
}

/**
 * The current values of arguments: `start` sets them for a chunk, `advance` moves on to the next repeat.
 * @param {readonly Argument[]} args
 * @param {WebAssembly.Memory} memory
 * @param {number} thread
 */
function compileArguments(args, memory, thread) {
  const parts = args.map((arg, index) => {
    const affine = typeof arg === "number" ? { base: arg } : arg;
    const { base = 0, perChunk = 0, perThread = 0, perRepeat = 0 } = affine;
    const readSlot = "slot" in affine ? slotReader(affine, memory) : undefined;
    return { index, base: base + thread * perThread, perChunk, perRepeat, readSlot };
  });
  const moving = parts.filter((part) => part.perRepeat !== 0);
  const values = /** @type {TenNumbers} */ (args.map(() => 0));
  return {
    values,
    /** @param {number} chunk */
    start(chunk) {
      for (const { index, base, perChunk, readSlot } of parts) values[index] = base + chunk * perChunk + (readSlot?.() ?? 0);
    },
    advance() {
      for (const { index, perRepeat } of moving) values[index] = (values[index] ?? 0) + perRepeat;
    },
  };
}

/**
 * @param {Extract<import("./plan.js").Argument, { readonly slot: number }>} arg
 * @param {WebAssembly.Memory} memory
 * @returns {() => number}
 */
function slotReader({ slot, type, times = 1 }, memory) {
  const arrays = { i32: Int32Array, u32: Uint32Array, f32: Float32Array, f64: Float64Array };
  const view = new arrays[type](memory.buffer, slot, 1);
  return () => (view[0] ?? 0) * times;
}

/**
 * One caller per number of arguments: a spread would cost more than most calls do.
 * @type {Invoke[]}
 */
const INVOKE = [
  (f) => f(),
  (f, v) => f(v[0]),
  (f, v) => f(v[0], v[1]),
  (f, v) => f(v[0], v[1], v[2]),
  (f, v) => f(v[0], v[1], v[2], v[3]),
  (f, v) => f(v[0], v[1], v[2], v[3], v[4]),
  (f, v) => f(v[0], v[1], v[2], v[3], v[4], v[5]),
  (f, v) => f(v[0], v[1], v[2], v[3], v[4], v[5], v[6]),
  (f, v) => f(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]),
  (f, v) => f(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8]),
  (f, v) => f(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9]),
];

/** @type {Invoke} */
const invokeMany = (f, v) => f(...v);
