/** Lengths of time that functions use; `day` and `year` meet only through the first. */
export const CALENDAR = { DAYS_PER_YEAR: 365, DAY: 1, YEAR: 1 };

export const CALENDAR_UNITS = { DAYS_PER_YEAR: "day/year", DAY: "day", YEAR: "year" } as const;
