import { clamp } from "../../compiler/primitives.js";
import type { ParamSpec, World } from "../../env/world.js";
import { actionField, actionParam, defineRule } from "./define-rule.js";
import type { Rule } from "./rule.js";

interface PidUses {
  readonly clamp: typeof clamp;
}

/**
 * One step of a PID loop with anti-windup by conditional integration: the integral stands still while the output is at a
 * limit and the error pushes it further out.
 * @param error    set point minus measurement, or the reverse where more of the action lowers the measurement; NaN counts as 0
 * @param previous error of the step before
 * @param integral integral part so far, in the action's units (already multiplied by `ki`)
 * @param bias     output at error 0
 * @param kp,ki,kd gains, in the action's units per unit of error (ki: and per step; kd: per change in a step)
 * @returns the limited output, and error and integral to remember
 */
export function pidStep(
  error: number,
  previous: number,
  integral: number,
  bias: number,
  kp: number,
  ki: number,
  kd: number,
  low: number,
  high: number,
  u: PidUses,
): { out: number; error: number; integral: number } {
  const e = u.clamp(error, -1, 1, 0);
  const push = ki * e;
  const raw = bias + kp * e + kd * (e - previous) + integral + push;
  const outward = (raw > high && push > 0) || (raw < low && push < 0);
  const kept = outward ? integral : integral + push;
  return { out: u.clamp(raw, low, high, bias), error: e, integral: u.clamp(kept, low - high, high - low, 0) };
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
    state: {
      seen: { unit: "1", doc: "0 before the first decision" },
      utilizationError: { unit: "1", doc: "error of the step before" },
      drawdownError: { unit: "1", doc: "error of the step before" },
      "integral.issuance": { unit: actionField(world, "issuance").unit, doc: "integral part" },
      "integral.burnShare": { unit: actionField(world, "burnShare").unit, doc: "integral part" },
      "integral.fee": { unit: actionField(world, "fee").unit, doc: "integral part" },
    },
    params,
    tunable: names.filter((name) => !name.endsWith(".low") && !name.endsWith(".high")),
    uses: { clamp, pidStep },
    economies: ["*"],
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
        const i = u.pidStep(
          used,
          usedBefore,
          c["integral.issuance"],
          p["issuance.bias"],
          p["issuance.kp"],
          p["issuance.ki"],
          p["issuance.kd"],
          p["issuance.low"],
          p["issuance.high"],
          u,
        );
        const b = u.pidStep(
          fallen,
          fallenBefore,
          c["integral.burnShare"],
          p["burnShare.bias"],
          p["burnShare.kp"],
          p["burnShare.ki"],
          p["burnShare.kd"],
          p["burnShare.low"],
          p["burnShare.high"],
          u,
        );
        const f = u.pidStep(
          used,
          usedBefore,
          c["integral.fee"],
          p["fee.bias"],
          p["fee.kp"],
          p["fee.ki"],
          p["fee.kd"],
          p["fee.low"],
          p["fee.high"],
          u,
        );
        a.issuance = i.out;
        a.burnShare = b.out;
        a.fee = f.out;
        c["integral.issuance"] = i.integral;
        c["integral.burnShare"] = b.integral;
        c["integral.fee"] = f.integral;
        c.utilizationError = used;
        c.drawdownError = fallen;
        c.seen = 1;
      },
    },
  });
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
