import { layoutRecord, type RecordBinding } from "../schema.js";
import type { RecordInfo } from "./program.js";

/** How a stored record lies in memory. */
export function recordInfo(binding: RecordBinding): RecordInfo {
  const { slots, size } = layoutRecord(binding);
  const fields = new Map([...slots].map(([name, slot]) => [name, { slot, length: binding.fields[name]?.length ?? 1 }]));
  return { name: binding.name, kind: binding.kind === "uniform" ? "uniform" : "lane", size, fields };
}
