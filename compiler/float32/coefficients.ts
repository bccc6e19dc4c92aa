// ln 2 and pi in two parts: the first has few bits, so that its product with the integers that occur is exact.
export const LN2_HIGH = 0.693359375;
export const LN2_LOW = -2.1219444005469057e-4;
export const PI_HIGH = 3.140625;
export const PI_LOW = 9.676535897932384e-4;

// The coefficients below are minimax fits (Lawson iteration in 50 digits), lowest degree first, rounded to float32.
/** (e^f - 1 - f) / f^2 for |f| <= 1.01 ln(2) / 2; adds 5e-9 of relative error. */
export const EXP_COEFFICIENTS = [
  0.4999999403953552, 0.16666515171527863, 0.04166845604777336, 0.00836941972374916, 0.001381313195452094,
];
/** The same for -0.176 <= f <= 0.524, relative to e^f - 1; adds 2.3e-8. */
export const EXPM1_COEFFICIENTS = [
  0.5000000596046448, 0.16666844487190247, 0.04166139289736748, 0.00828214269131422, 0.0016036289744079113,
];
/** (log((1 + s) / (1 - s)) / s - 2) / s^2 in s^2, for |s| <= 0.173; adds 1.2e-9. */
export const LOG_COEFFICIENTS = [0.6666678190231323, 0.3997707962989807, 0.298851877450943];
/** (sin(r) / r - 1) / r^2 in r^2, for |r| <= 1.005 pi / 2; adds 6e-9. */
export const SIN_COEFFICIENTS = [-0.16666656732559204, 0.00833300780504942, -0.00019805932242888957, 2.598540731924004e-6];
/** (tanh(x) / x - 1) / x^2 in x^2, for |x| <= 0.27; adds 6.1e-9. */
export const TANH_COEFFICIENTS = [-0.3333318531513214, 0.1332104653120041, -0.05102398246526718];
/** Below this the polynomial, above it the exponential. */
export const TANH_MIDDLE = 0.26;
/** tanh(x) rounds to 1 from here on. */
export const TANH_SATURATION = 9.1;
