/** When a control step is. */
export interface Clock {
  /** Days since the start at which it begins. */
  readonly today: number;
  /** Its length in days. */
  readonly days: number;
}

/** 1 if `day` falls into the step, else 0. */
function fallsNow(day: number, c: Clock): number {
  return day >= c.today && day < c.today + c.days ? 1 : 0;
}

/** 1 from the step on in which `day` falls, else 0. */
function since(day: number, c: Clock): number {
  return c.today + c.days > day ? 1 : 0;
}

export const CLOCK_USES = { fallsNow, since };
