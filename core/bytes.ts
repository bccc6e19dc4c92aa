/** Bytes for people: "1.25 GB". */
export function describeBytes(bytes: number): string {
  const [unit, size] = bytes >= 1e9 ? ["GB", 1e9] : bytes >= 1e6 ? ["MB", 1e6] : ["kB", 1e3];
  return `${Number((bytes / size).toPrecision(3))} ${unit}`;
}
