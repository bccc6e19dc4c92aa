import { clamp } from "../../compiler/primitives.js";
import type { FieldSpec, RecordSpec } from "../../compiler/schema.js";
import type { Fields } from "../define-world.js";
import type { ActionSpec } from "../world.js";

/** Controls that are watched: the first eight, so that a vector of many controls stays cheap. */
export const MAX_WATCHED = 8;

/** The watched controls with what turns them into numbers. */
export function watchedControls(fields: Readonly<Record<string, ActionSpec>>): Watched["WATCHED"] {
  const watched = Object.entries(fields).slice(0, MAX_WATCHED);
  return Object.fromEntries(watched.map(([name, { maxMove, start }]) => [name, { maxMove, start }]));
}

/** Largest moves and start values of the watched controls, by name. */
type Watched = {
  readonly WATCHED: Readonly<Record<string, { readonly maxMove: number; readonly start: number }>>;
};

const MOMENTS = {
  shareLogService: { unit: "1", doc: "log of service in the last step" },
  shareSlowReturn: { unit: "1", doc: "mean share return of the last days", scale: 0.05 },
  shareSlowService: { unit: "1", doc: "mean change of log service of the last days", scale: 0.05 },
  shareMoves: { unit: "1", doc: "mean square of the controls' moves over their limits" },
  shareReturns: { unit: "1", doc: "mean square of slow share returns", scale: 0.001 },
  shareServices: { unit: "1", doc: "mean square of slow changes of service", scale: 0.001 },
  shareReturnService: { unit: "1", doc: "mean product of slow share returns and changes of service", scale: 0.001 },
} satisfies RecordSpec;

type Moments = typeof MOMENTS & Record<`share${"Last" | "ByReturn" | "ByService"}_${string}`, FieldSpec>;

/** Running moments of the controls' moves, the share's returns and the changes of service. */
export function watchState(fields: Readonly<Record<string, ActionSpec>>): Moments {
  const moments: Moments = { ...MOMENTS };
  for (const [name, { unit }] of Object.entries(fields).slice(0, MAX_WATCHED)) {
    moments[`shareLast_${name}`] = { unit, doc: `${name} applied in the last step` };
    moments[`shareByReturn_${name}`] = { unit: "1", doc: `mean product of moves of ${name} and share returns`, scale: 0.01 };
    moments[`shareByService_${name}`] = {
      unit: "1",
      doc: `mean product of moves of ${name} and changes of service`,
      scale: 0.01,
    };
  }
  return moments;
}

type State = Fields<Moments> & { readonly shareReturn: number };
type Uses = typeof WATCH_USES & Watched;

/** Prior moments count as about two months of moves that follow nothing: the first days explain no control. */
function resetWatch(s: State, u: Uses): void {
  s.shareLogService = 0;
  s.shareSlowReturn = 0;
  s.shareSlowService = 0;
  s.shareMoves = 0.05;
  s.shareReturns = 0.001;
  s.shareServices = 0.0001;
  s.shareReturnService = 0;
  for (const name in u.WATCHED) {
    s[`shareLast_${name}`] = u.WATCHED[name]!.start;
    s[`shareByReturn_${name}`] = 0;
    s[`shareByService_${name}`] = 0;
  }
}

/**
 * How much of the controls' moves of the last two months the share's returns explain beyond what changes of service explain: the gain in
 * R^2 of a linear regression on running moments, 0 to 1. Moves are compared with returns up to the step before.
 */
export function watchControls(s: State, a: Readonly<Record<string, number>>, service: number, days: number, u: Uses): number {
  const memory = u.WATCH_MEMORY * days;
  const x = s.shareSlowReturn;
  const y = s.shareSlowService;
  s.shareReturns = s.shareReturns + memory * (x * x - s.shareReturns);
  s.shareServices = s.shareServices + memory * (y * y - s.shareServices);
  s.shareReturnService = s.shareReturnService + memory * (x * y - s.shareReturnService);
  const slope = s.shareReturnService / (s.shareServices + 1e-8);
  let square = 0;
  let explained = 0;
  for (const name in u.WATCHED) {
    const move = (a[name]! - s[`shareLast_${name}`]!) / u.WATCHED[name]!.maxMove;
    s[`shareLast_${name}`] = a[name]!;
    s[`shareByReturn_${name}`] = s[`shareByReturn_${name}`]! + memory * (move * x - s[`shareByReturn_${name}`]!);
    s[`shareByService_${name}`] = s[`shareByService_${name}`]! + memory * (move * y - s[`shareByService_${name}`]!);
    const partial = s[`shareByReturn_${name}`]! - slope * s[`shareByService_${name}`]!;
    square = square + move * move;
    explained = explained + partial * partial;
  }
  s.shareMoves = s.shareMoves + memory * (square - s.shareMoves);
  const own = Math.max(0, s.shareReturns - slope * s.shareReturnService);
  const logService = Math.log(Math.max(service, 0.02));
  s.shareSlowReturn = x + u.WATCH_SLOW * days * (s.shareReturn - x);
  s.shareSlowService = y + u.WATCH_SLOW * days * (logService - s.shareLogService - y);
  s.shareLogService = logService;
  return u.clamp(explained / (s.shareMoves * own + 1e-8), 0, 1);
}

export const WATCH_USES = { clamp, resetWatch, watchControls, WATCH_SLOW: 0.4, WATCH_MEMORY: 0.02 };
export const WATCH_USE_UNITS = { WATCH_SLOW: "1/day", WATCH_MEMORY: "1/day" } as const;
