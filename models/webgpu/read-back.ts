import { MAP_READ, USAGE } from "./device.js";

/** A part of a buffer that the host wants to see. */
export interface Wanted {
  readonly buffer: GPUBuffer;
  readonly offset?: number;
  readonly bytes: number;
}

/** Brings parts of buffers to the host, as they are when the commands before have run. */
export interface ReadBack {
  /** Adds the copies to an encoder; the result comes after its submission: call it then. */
  readonly copy: (encoder: GPUCommandEncoder, wanted: readonly Wanted[]) => () => Promise<ArrayBuffer[]>;
  readonly dispose: () => void;
}

/** What the host can look into. */
export const stagingBuffer = (device: GPUDevice, size: number): GPUBuffer =>
  device.createBuffer({ label: "read back", size, usage: USAGE.mapRead | USAGE.copyTarget });

/** Staging buffers are kept and used again for the same number of bytes: several reads may be under way. */
export function createReadBack(device: GPUDevice): ReadBack {
  const idle: GPUBuffer[] = [];
  const all: GPUBuffer[] = [];
  const take = (bytes: number): GPUBuffer => {
    const found = idle.findIndex(({ size }) => size === bytes);
    if (found >= 0) return idle.splice(found, 1)[0]!;
    const buffer = stagingBuffer(device, bytes);
    all.push(buffer);
    return buffer;
  };
  return {
    copy: (encoder, wanted) => {
      const total = wanted.reduce((sum, { bytes }) => sum + bytes, 0);
      const staging = take(total);
      let at = 0;
      for (const { buffer, offset = 0, bytes } of wanted) {
        encoder.copyBufferToBuffer(buffer, offset, staging, at, bytes);
        at += bytes;
      }
      return async () => {
        await staging.mapAsync(MAP_READ);
        const whole = staging.getMappedRange();
        let from = 0;
        const parts = wanted.map(({ bytes }) => {
          from += bytes;
          return whole.slice(from - bytes, from);
        });
        staging.unmap();
        idle.push(staging);
        return parts;
      };
    },
    dispose: () => {
      for (const buffer of all) buffer.destroy();
    },
  };
}
