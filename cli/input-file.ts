import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { resolve } from "node:path";
import { UserError } from "../core/errors.js";
import { JsonError, parseJson } from "../core/parse-json.js";
import { onFile } from "./files.js";
import type { Io } from "./io.js";

const MIB = 2 ** 20;

/** Configurations, parameters, rules and controllers: the largest network that flyball writes takes 13 MiB. */
export const MAX_INPUT_BYTES = 16 * MIB;

/**
 * Reads a whole regular file of at most `maxBytes`. Pipes and devices are refused without waiting for them.
 * @throws UserError
 */
export function readInputFile(io: Pick<Io, "cwd">, path: string, maxBytes = MAX_INPUT_BYTES): Uint8Array<ArrayBuffer> {
  const full = resolve(io.cwd, path);
  return onFile(full, "read", () => {
    // Without O_NONBLOCK, which Windows lacks, opening a pipe that nobody writes to would never return.
    const file = openSync(full, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stat = fstatSync(file);
      if (stat.isDirectory()) throw new UserError("E_FILE_FOLDER", `cannot read ${full}: it is a folder`, "name a file");
      if (!stat.isFile()) {
        const message = `cannot read ${path}: it is not a regular file but a pipe, socket or device`;
        throw new UserError("E_FILE_KIND", message, "write the content to a file and name that");
      }
      if (stat.size > maxBytes) {
        const message = `${path} has ${Math.ceil(stat.size / MIB)} MiB; at most ${Math.floor(maxBytes / MIB)} MiB are read`;
        throw new UserError("E_FILE_SIZE", message, "check that it is the file you mean");
      }
      return readAll(file, stat.size);
    } finally {
      closeSync(file);
    }
  });
}

/** The first `size` bytes; a file that grows meanwhile is read no further. */
function readAll(file: number, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let length = 0;
  while (length < size) {
    const read = readSync(file, bytes, length, size - length, null);
    if (read === 0) break;
    length += read;
  }
  return bytes.subarray(0, length);
}

export function readInputText(io: Pick<Io, "cwd">, path: string, maxBytes?: number): string {
  return new TextDecoder().decode(readInputFile(io, path, maxBytes));
}

/** @throws UserError `E_FILE_JSON` with the reason */
export function readInputJson(io: Pick<Io, "cwd">, path: string, maxBytes?: number): unknown {
  try {
    return parseJson(readInputText(io, path, maxBytes));
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new UserError(
      "E_FILE_JSON",
      `${path} is not JSON: ${error.message}`,
      "check that it is the file you mean and that it is whole",
    );
  }
}
