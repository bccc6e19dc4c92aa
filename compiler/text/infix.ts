/** Operators that are written alike in JavaScript, WGSL and Python. */
export const INFIX = {
  add: "+",
  sub: "-",
  mul: "*",
  div: "/",
  lt: "<",
  le: "<=",
  gt: ">",
  ge: ">=",
  iadd: "+",
  isub: "-",
  imul: "*",
  irem: "%",
} as const;
