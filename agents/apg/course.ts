import type { FieldSpec } from "../../compiler/schema.js";
import { DEEP_DRAWDOWN } from "../rollout/episode-metrics.js";

const one = (doc: string): FieldSpec => ({ unit: "1", doc });

/** The same for all episodes of a gradient. */
export const SCALE = {
  scale: one("weight of a reward"),
  trip: one("multiplier of a trip, in rewards"),
  crash: one("multiplier of a fall of 70 %, in rewards"),
} as const;

/** What is kept of each control step for the way back. */
export const DAY = {
  reward: one("reward of the step, 0 after the end of the episode"),
  alive: one("1 until the episode ended"),
} as const;

/** What runs along an episode, forwards and backwards. */
export const COURSE = {
  alive: one("1 until the episode ended"),
  return: one("sum of rewards so far"),
  future: one("sum of the rewards after this step, on the way back"),
  weight: one("what the episode counts for"),
  trips: one("times that the drawdown halt tripped so far"),
  fall: one("largest log drawdown so far"),
  isSeeded: one("1 once the way back has met the last step of the episode"),
} as const;

type Course = Record<keyof typeof COURSE, number>;
type Scale = Readonly<Record<keyof typeof SCALE, number>>;

/** Fall of a crash, in log price. */
export const CRASH = -Math.log(1 - DEEP_DRAWDOWN);

/** Constants of the functions below. */
type CourseUses = {
  /** 1 for worlds that count trips and falls. */
  readonly hasFalls: number;
  readonly bell: typeof bell;
  /** Falls at which the halt trips and of a crash, in log price. */
  readonly TRIP: number;
  readonly CRASH: number;
  /** Width of these jumps on the way back, in log price: about a month's deviation. */
  readonly WIDTH: number;
};

export function courseUses(hasFalls: boolean, tripDrawdown: number): CourseUses {
  // A halt that is off trips at no fall.
  return { hasFalls: +hasFalls, bell, TRIP: tripDrawdown < 1 ? -Math.log(1 - tripDrawdown) : 99, CRASH, WIDTH: 0.4 };
}

export function startCourse({ course }: { readonly course: Course }): void {
  course.alive = 1;
  course.return = 0;
  course.future = 0;
  course.weight = 1;
  course.trips = 0;
  course.fall = 0;
  course.isSeeded = 0;
}

/** A ruined world earns nothing for the days after. */
export function recordDay(
  records: {
    readonly lane: { readonly reward: number; readonly terminated: number };
    readonly breakers?: { readonly trips: number };
    readonly state?: { readonly maxDrawdown: number };
    readonly course: Course;
    readonly day: { reward: number; alive: number };
  },
  u: CourseUses,
): void {
  const { lane, course, day } = records;
  const reward = course.alive > 0.5 ? lane.reward : 0;
  day.reward = reward;
  day.alive = course.alive;
  course.return = course.return + reward;
  if (u.hasFalls > 0) {
    course.trips = course.alive > 0.5 ? records.breakers!.trips : course.trips;
    course.fall = course.alive > 0.5 ? records.state!.maxDrawdown : course.fall;
  }
  course.alive = lane.terminated > 0.5 ? 0 : course.alive;
}

/**
 * Each reward counts; ruin also costs what would still have come. The first trip and a crash cost what their multipliers say: they
 * happen where the largest fall of the episode passes a level, which is smoothed here.
 */
export function seedDay(
  records: {
    readonly day: { readonly reward: number; readonly alive: number };
    readonly derivatives: { reward: number; terminated: number };
    readonly stateDerivatives?: { maxDrawdown: number };
    readonly course: Course;
    readonly scale: Scale;
  },
  u: CourseUses,
): void {
  const { day, derivatives, course, scale } = records;
  const counts = day.alive * scale.scale * course.weight;
  derivatives.reward = derivatives.reward + counts;
  derivatives.terminated = derivatives.terminated - counts * course.future;
  if (u.hasFalls > 0) {
    const fall = course.fall;
    const risk = scale.trip * u.bell((fall - u.TRIP) / u.WIDTH) + scale.crash * u.bell((fall - u.CRASH) / u.WIDTH);
    const state = records.stateDerivatives!;
    state.maxDrawdown = state.maxDrawdown - ((1 - course.isSeeded) * counts * risk) / u.WIDTH;
    course.isSeeded = Math.max(course.isSeeded, day.alive);
  }
  course.future = course.future + day.reward;
}

/** Slope of the logistic curve. */
function bell(x: number): number {
  const t = Math.tanh(0.5 * x);
  return 0.25 * (1 - t * t);
}

/**
 * In a closed loop derivatives can grow from day to day without bound while what they are of hardly changes: chaos (Metz et al. 2021).
 * What one request of one episode may count for is limited, so that no episode drowns the others. A NaN counts for nothing.
 */
export function limitSlopes(
  records: { readonly derivatives: Record<string, number>; readonly course: Course; readonly scale: Scale },
  u: {
    readonly clamp: (x: number, low: number, high: number, safe: number) => number;
    readonly maxSlope: number;
    readonly bands: Readonly<Record<string, number>>;
  },
): void {
  const { derivatives, course, scale } = records;
  for (const name in derivatives) {
    const unit = (scale.scale * course.weight) / u.bands[name]!;
    derivatives[name] = unit * u.clamp(derivatives[name]! / unit, -u.maxSlope, u.maxSlope, 0);
  }
}
