import type { LaneRecords } from "../../env/lane/records.js";

/**
 * Standard deviations of a Gaussian policy by action, in -1..1 units; none for a choice.
 * @param logStd the policy's free parameters, in the order of the actions
 */
export function actionDeviations({ requested }: LaneRecords, logStd: Float32Array): Record<string, number> {
  const names = Object.keys(requested.fields);
  return Object.fromEntries(Array.from(logStd, (value, i) => [names[i]!, Math.exp(value)]));
}
