/** The driver gave up the device in the middle of a run; nothing on it can be read any more. */
export class DeviceLostError extends Error {
  override readonly name = "DeviceLostError";
}
