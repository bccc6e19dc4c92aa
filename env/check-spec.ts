import type { Report } from "./check-rules.js";
import type { EnvSpec } from "./contract.js";
import type { Space } from "./spaces.js";
import { box, discrete } from "./spaces.js";

/** Whether the spec is sound enough to play by. */
export function checkSpec(spec: EnvSpec, report: Report): boolean {
  let sound = true;
  const expect = (holds: boolean, message: string) => {
    if (!holds) report("spec", message);
    sound &&= holds;
  };
  expect(/-v\d+(?:@\d+)?(?:\+[a-z-]+)?$/.test(spec.id), `id ${spec.id} does not end in a version such as -v1`);
  expect(Number.isInteger(spec.horizon) && spec.horizon >= 1, `horizon is ${spec.horizon}, it must be a whole number above 0`);
  expect(
    spec.metadata.autoresetMode === "disabled" || spec.metadata.autoresetMode === "same-step",
    `autoreset mode is ${spec.metadata.autoresetMode}, it must be disabled or same-step`,
  );
  for (const [what, space] of [
    ["observation", spec.observationSpace],
    ["action", spec.actionSpace],
  ] as const) {
    const why = whyUnsound(space);
    expect(why === undefined, `${what} space: ${why}`);
  }
  const dimensions = spec.actionSpace.kind === "discrete" ? 1 : spec.actionSpace.low.length;
  for (const [what, names, count] of [
    ["observationNames", spec.observationNames, spec.observationSpace.low.length],
    ["observationUnits", spec.observationUnits, spec.observationSpace.low.length],
    ["actionNames", spec.actionNames, dimensions],
    ["actionUnits", spec.actionUnits, dimensions],
  ] as const) {
    expect(names.length === count, `${what} has ${names.length} entries where the space has ${count}`);
    expect(what.endsWith("Units") || new Set(names).size === names.length, `${what} names one twice: ${names}`);
  }
  const constraints = spec.constraints.map(({ name }) => name);
  expect(new Set(constraints).size === constraints.length, `constraints name one twice: ${constraints}`);
  for (const { name, limit } of spec.constraints) expect(Number.isFinite(limit), `constraint ${name} has limit ${limit}`);
  return sound;
}

/** A space may have been put together by hand: then nothing has looked at its bounds yet. */
function whyUnsound(space: Space): string | undefined {
  try {
    if (space.kind === "discrete") discrete(space.count);
    else box(space.low, space.high);
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}
