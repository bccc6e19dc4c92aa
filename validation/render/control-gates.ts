import { render } from "../../env/economies/render/index.js";
import { ACTIONS } from "../../env/economies/render/records.js";
import { type Gate, mean } from "../akash/gates.js";
import { hold, type PathController } from "../plain-path.js";
import { livePaths } from "./paths.js";

const { issuance, burnShare, fee } = ACTIONS;
const clamp = (x: number, low: number, high: number) => Math.min(Math.max(x, low), high);

/** What runs: the start values, all of them as the protocol has them. */
const protocolPath: PathController = hold();

/** Nodes paid half out of revenue, as on the subnets of RNP-023, less emission, a fifth off the list price. */
const moderatePath: PathController = hold({ issuance: 0.07, burnShare: 0.5, fee: -0.2 });

/** Deep discounts while there is room, a price that rises with utilisation when there is none. It only witnesses that feedback pays. */
const feedbackPath: PathController = (o, a) => {
  const busy = 3 * Math.max(0, o["utilizationSlow"]! - 0.75) + Math.max(0, o["utilization"]! - 0.9);
  Object.assign(a, { issuance: 0.07, burnShare: 0.5, fee: clamp(busy - 0.35, fee.low, fee.high) });
};

/** Controllers that must lose: nothing but burning, nothing but emission. */
const DEGENERATE: Readonly<Record<string, PathController>> = {
  "max-burn": hold({ issuance: issuance.low, burnShare: burnShare.high, fee: fee.high }),
  "max-emission": hold({ issuance: issuance.high, burnShare: burnShare.low, fee: 0 }),
};

const CONSTANTS: Readonly<Record<string, PathController>> = {
  "most burn, 12 % emission": hold({ issuance: 0.12, burnShare: 0.95, fee: -0.2 }),
  "a third off": hold({ issuance: 0.08, burnShare: 0.5, fee: -0.33 }),
  "a quarter off, least burn": hold({ issuance: 0.06, burnShare: 0.35, fee: -0.25 }),
  "list price": hold({ issuance: 0.07, burnShare: 0.5 }),
  moderate: moderatePath,
};

/** In every scenario a chosen constant beats the protocol and the degenerate controllers lose to it; feedback gains on all constants. */
export function controlGates(paths: number, seed = 10): Gate[] {
  const score = (controller: PathController, scenario: string) =>
    mean(livePaths(controller, { scenario, paths, seed }).map(({ reward }) => reward));
  const gates: Gate[] = [];
  const means: Record<string, number[]> = {
    feedback: [],
    ...Object.fromEntries(Object.keys(CONSTANTS).map((name) => [name, []])),
  };
  const best: string[] = [];
  for (const scenario of Object.keys(render.scenarios)) {
    const constants = Object.entries(CONSTANTS).map(([name, rule]) => [name, score(rule, scenario)] as const);
    for (const [name, value] of constants) means[name]!.push(value);
    means["feedback"]!.push(score(feedbackPath, scenario));
    best.push(constants.reduce((a, b) => (b[1] > a[1] ? b : a))[0]);
    const moderate = means["moderate"]!.at(-1)!;
    gates.push({
      name: `${scenario}: the chosen constant over the protocol`,
      value: moderate - score(protocolPath, scenario),
      low: 0.1,
      high: 5,
    });
    for (const [name, rule] of Object.entries(DEGENERATE)) {
      gates.push({
        name: `${scenario}: the chosen constant over ${name}`,
        value: moderate - score(rule, scenario),
        low: 0.1,
        high: 10,
      });
    }
  }
  const feedback = mean(means["feedback"]!);
  for (const name of Object.keys(CONSTANTS)) {
    gates.push({ name: `all scenarios: feedback over ${name}`, value: feedback - mean(means[name]!), low: 0.02, high: 2 });
  }
  gates.push({ name: "constants of which some scenario is best", value: new Set(best).size, low: 2, high: 5 });
  return gates;
}
