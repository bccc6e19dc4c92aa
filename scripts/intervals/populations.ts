/** Numbers to draw samples from, with the mean that an interval must cover. */
export interface Population {
  readonly name: string;
  readonly mean: number;
  /** One value, from uniform numbers on (0, 1). */
  readonly draw: (random: () => number) => number;
}

/** Standard normal, by Box and Muller. */
export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
}

/** Shapes that differences of returns have been seen to take, and the ones that textbooks use. */
export const POPULATIONS: readonly Population[] = [
  { name: "normal", mean: 0, draw: normal },
  { name: "lognormal (skewness 6)", mean: Math.exp(0.5), draw: (random) => Math.exp(normal(random)) },
  {
    name: "Student's t, 3 degrees (heavy tails)",
    mean: 0,
    draw: (random) => normal(random) / Math.sqrt((normal(random) ** 2 + normal(random) ** 2 + normal(random) ** 2) / 3),
  },
  {
    // Median .003 and mean .031, as measured between a learned controller and the best rule on Akash.
    name: "mostly alike, a rescue in 1 market of 5",
    mean: 0.003 + 0.2 * 0.14,
    draw: (random) => 0.003 + 0.02 * normal(random) + (random() < 0.2 ? -0.14 * Math.log(random()) : 0),
  },
  {
    name: "a crash in 1 market of 5",
    mean: -0.2 * 3,
    draw: (random) => 0.3 * normal(random) - (random() < 0.2 ? 3 : 0),
  },
  {
    name: "a crash in 1 market of 20",
    mean: -0.05 * 5,
    draw: (random) => 0.3 * normal(random) - (random() < 0.05 ? 5 : 0),
  },
  {
    // Averages over 8 scenarios whose shocks are half shared.
    name: "8 scenarios, lognormal, half of the shock shared",
    mean: Math.exp(0.5),
    draw: (random) => {
      const shared = Math.SQRT1_2 * normal(random);
      let sum = 0;
      for (let i = 0; i < 8; i++) sum += Math.exp(shared + Math.SQRT1_2 * normal(random));
      return sum / 8;
    },
  },
];

/** A finite population of episodes that were simulated. */
export function populationOf(name: string, values: ArrayLike<number>): Population {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return { name, mean: sum / values.length, draw: (random) => values[Math.floor(random() * values.length)]! };
}
