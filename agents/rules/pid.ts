import { clamp } from "../../compiler/primitives.js";
import type { ParamSpec, World } from "../../env/world.js";
import { actionField, actionParam, defineRule } from "./define-rule.js";
import type { Rule } from "./rule.js";

interface PidUses {
  readonly clamp: typeof clamp;
}

/** What a loop is told and remembers. */
interface PidLoop {
  /** Set point minus measurement, or the reverse where more of the action lowers the measurement; NaN counts as 0. */
  readonly error: number;
  /** Error of the step before. */
  readonly previous: number;
  /** Integral part so far, in the action's units (already multiplied by `ki`). */
  readonly integral: number;
}

/** In the units of the action that the loop moves. */
interface PidGains {
  /** Output at error 0. */
  readonly bias: number;
  /** Per unit of error; `ki` per step besides, `kd` per change in a step. */
  readonly kp: number;
  readonly ki: number;
  readonly kd: number;
  /** Limits of the output. */
  readonly low: number;
  readonly high: number;
}

/**
 * One step of a PID loop with anti-windup by conditional integration: the integral stands still while the output is at a
 * limit and the error pushes it further out.
 * @returns the limited output, and error and integral to remember
 */
export function pidStep(
  { error, previous, integral }: PidLoop,
  { bias, kp, ki, kd, low, high }: PidGains,
  u: PidUses,
): { out: number; error: number; integral: number } {
  const e = u.clamp(error, -1, 1, 0);
  const push = ki * e;
  const raw = bias + kp * e + kd * (e - previous) + integral + push;
  const outward = (raw > high && push > 0) || (raw < low && push < 0);
  const kept = outward ? integral : integral + push;
  return { out: u.clamp(raw, low, high, bias), error: e, integral: u.clamp(kept, low - high, high - low, 0) };
}

/** The gains of the loop that moves an action, out of the rule's parameters. */
function loopGains(p: Readonly<Record<string, number>>, action: string): PidGains {
  return {
    bias: p[`${action}.bias`]!,
    kp: p[`${action}.kp`]!,
    ki: p[`${action}.ki`]!,
    kd: p[`${action}.kd`]!,
    low: p[`${action}.low`]!,
    high: p[`${action}.high`]!,
  };
}

/** The parameters of one loop, in the units of the action that it moves. */
function loop(world: World, action: string, drives: string): Record<"bias" | "kp" | "ki" | "kd" | "low" | "high", ParamSpec> {
  const field = actionField(world, action);
  const width = field.high - field.low;
  const gain = (share: number, reach: number, doc: string): ParamSpec => ({
    value: share * width,
    low: -reach * width,
    high: reach * width,
    unit: field.unit,
    source: "assumption",
    doc: `${doc}, of the loop from ${drives} to ${action}`,
  });
  return {
    bias: actionParam(world, action, { doc: `${action} at error 0` }),
    kp: gain(0.25, 2, "proportional gain"),
    ki: gain(0.0005, 0.02, "integral gain per step"),
    kd: gain(0, 2, "derivative gain"),
    low: actionParam(world, action, { value: field.low, source: "edge of the action band", doc: `lowest ${action}` }),
    high: actionParam(world, action, { value: field.high, source: "edge of the action band", doc: `highest ${action}` }),
  };
}

type Prefixed<K extends string, T> = { readonly [P in keyof T as `${K}.${P & string}`]: T[P] };

function prefixed<K extends string, T extends object>(prefix: K, values: T): Prefixed<K, T> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`${prefix}.${key}`, value])) as Prefixed<K, T>;
}

/**
 * Three PID loops: utilisation above its target raises issuance (to pay for capacity) and the fee (to ration it), a price
 * further below its peak than tolerated raises the burn share.
 */
export function pid(world: World): Rule {
  const params = pidParams(world);
  const names = Object.keys(params) as (keyof typeof params)[];
  return defineRule(world, {
    id: "pid",
    doc: "PID loops: issuance and fee hold utilisation, the burn share answers the drawdown of the price; with anti-windup",
    state: pidState(world),
    params,
    tunable: names.filter((name) => !name.endsWith(".low") && !name.endsWith(".high")),
    uses: { clamp, pidStep, loopGains },
    reads: ["utilizationSlow", "drawdown"],
    writes: ["issuance", "burnShare", "fee"],
    functions: {
      start(c) {
        c.seen = 0;
        c.utilizationError = 0;
        c.drawdownError = 0;
        c["integral.issuance"] = 0;
        c["integral.burnShare"] = 0;
        c["integral.fee"] = 0;
      },
      act(c, o, p, a, u) {
        const used = u.clamp(o.utilizationSlow - p.targetUtilization, -1, 1, 0);
        const fallen = u.clamp(o.drawdown - p.targetDrawdown, -1, 1, 0);
        // Without a step before there is no change: the derivative part starts at 0.
        const usedBefore = c.seen > 0 ? c.utilizationError : used;
        const fallenBefore = c.seen > 0 ? c.drawdownError : fallen;
        const issuance = u.pidStep(
          { error: used, previous: usedBefore, integral: c["integral.issuance"] },
          u.loopGains(p, "issuance"),
          u,
        );
        const burnShare = u.pidStep(
          { error: fallen, previous: fallenBefore, integral: c["integral.burnShare"] },
          u.loopGains(p, "burnShare"),
          u,
        );
        const fee = u.pidStep({ error: used, previous: usedBefore, integral: c["integral.fee"] }, u.loopGains(p, "fee"), u);
        a.issuance = issuance.out;
        a.burnShare = burnShare.out;
        a.fee = fee.out;
        c["integral.issuance"] = issuance.integral;
        c["integral.burnShare"] = burnShare.integral;
        c["integral.fee"] = fee.integral;
        c.utilizationError = used;
        c.drawdownError = fallen;
        c.seen = 1;
      },
    },
  });
}

function pidState(world: World) {
  const integral = (action: string) => ({ unit: actionField(world, action).unit, doc: "integral part" });
  return {
    seen: { unit: "1", doc: "0 before the first decision" },
    utilizationError: { unit: "1", doc: "error of the step before" },
    drawdownError: { unit: "1", doc: "error of the step before" },
    "integral.issuance": integral("issuance"),
    "integral.burnShare": integral("burnShare"),
    "integral.fee": integral("fee"),
  };
}

function pidParams(world: World) {
  return {
    targetUtilization: {
      value: 0.7,
      low: 0.4,
      high: 0.9,
      unit: "1",
      source: "start value of the market",
      doc: "utilisation to hold",
    },
    targetDrawdown: {
      value: 0.3,
      low: 0,
      high: 1,
      unit: "1",
      source: "assumption",
      doc: "log distance of the price below its peak that is tolerated",
    },
    ...prefixed("issuance", loop(world, "issuance", "utilisation")),
    ...prefixed("burnShare", loop(world, "burnShare", "drawdown")),
    ...prefixed("fee", loop(world, "fee", "utilisation")),
  };
}
