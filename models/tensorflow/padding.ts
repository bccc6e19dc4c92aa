import type { TensorPlan } from "../spec.js";

/** A tensor of a padded parameter vector, row-major and without its padding. */
export function usedPart(plan: TensorPlan, vector: Float32Array): Float32Array<ArrayBuffer> {
  const { rows, columns, stride } = tensorRows(plan);
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const at = plan.offset + row * stride;
    values.set(vector.subarray(at, at + columns), row * columns);
  }
  return values;
}

/** Puts a tensor's values to their place in a padded parameter vector; the inverse of {@link usedPart}. */
export function placePart(plan: TensorPlan, values: ArrayLike<number>, vector: Float32Array): void {
  const { rows, columns, stride } = tensorRows(plan);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      vector[plan.offset + row * stride + column] = values[row * columns + column]!;
    }
  }
}

/** A vector is one row. */
function tensorRows({ shape, used }: TensorPlan): { readonly rows: number; readonly columns: number; readonly stride: number } {
  const [first = 1, second] = used;
  return second === undefined
    ? { rows: 1, columns: first, stride: shape[0]! }
    : { rows: first, columns: second, stride: shape[1]! };
}
