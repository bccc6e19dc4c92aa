/**
 * Figures of a real price series beside the simulated ones: daily Ether prices in US dollars, 2015-08-07 to 2021-07-03, 2,158 days.
 * Ether, because the Akash token has no series of that length that is free to use; its first year was thin and wild.
 */
export const REAL_SERIES = "Ether, daily, 2015-08-07 to 2021-07-03";

interface RealFigure {
  /** Of the whole series. */
  readonly whole: number;
  /** Median over 60 windows of 365 days, one every 30 days: what a simulated year compares with. */
  readonly window: number;
}

/** By the name of the gate. */
export const REAL_FIGURES: Readonly<Record<string, RealFigure>> = {
  "annual volatility": { whole: 1.316, window: 1.09 },
  "excess kurtosis": { whole: 52.4, window: 2.98 },
  "autocorrelation of absolute returns, 1 day": { whole: 0.23, window: 0.164 },
  "autocorrelation of absolute returns, 20 days": { whole: 0.077, window: 0.015 },
  "autocorrelation of returns, 1 day": { whole: -0.011, window: -0.042 },
  "correlation of returns with later variance": { whole: -0.044, window: 0.007 },
};

/** Autocorrelation of absolute returns after 1 .. 30 days, mean over the windows. */
export const REAL_CLUSTERING: readonly number[] = [
  0.196, 0.126, 0.125, 0.129, 0.103, 0.108, 0.103, 0.074, 0.025, 0.063, 0.059, 0.042, 0.006, 0.042, 0.033, 0.057, 0.046, 0.058,
  0.033, 0.026, 0.045, 0.044, -0.011, 0.031, 0.025, -0.001, -0.005, 0.031, 0.049, 0.012,
];

/** Share of all windows of 365 days (one every day, so far from independent) with a fall of at least 50, 70, 90 %. */
export const REAL_FALLS = { fromPeak: [0.941, 0.301, 0.059], fromStart: [0.312, 0.158, 0.031] } as const;

/** Share of those windows with a fall from the peak of at least `depth`; undefined where it was not measured. */
export function realFallShare(depth: number): number | undefined {
  return REAL_FALLS.fromPeak[[0.5, 0.7, 0.9].indexOf(depth)];
}

/** The real figure beside a simulated year. */
export function realFigure(name: string): string {
  const { window, whole } = REAL_FIGURES[name]!;
  return `${window} (a year), ${whole} (whole): Ether`;
}
