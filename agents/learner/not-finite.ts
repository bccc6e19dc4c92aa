/** A NaN or infinity stopped the run; it names the first tensor, lane and step that holds one. */
export class NotFiniteError extends Error {
  override readonly name = "NotFiniteError";
}
