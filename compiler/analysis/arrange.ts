import type { Node, Program, Statement } from "../ir/program.js";
import { allRoots, forEachStatement, reachable, sortNodes, statementRoots } from "../ir/traversal.js";

/** Facts about a program that the emitter needs before it starts. */
export interface Arrangement {
  /** Readers of each node: arguments of reachable nodes and statements. */
  readonly uses: Uint32Array;
  /** Nodes that an `eval` statement pins to its place. */
  readonly pinned: ReadonlySet<Node>;
}

export function arrange(program: Program): Arrangement {
  const uses = new Uint32Array(program.nodes.length);
  const pinned = new Set<Node>();
  const count = (node: Node) => {
    uses[node.id] = (uses[node.id] as number) + 1;
  };
  forEachStatement(program.body, (statement) => {
    if (statement.kind === "eval") pinned.add(statement.node);
    statementRoots(statement).forEach(count);
  });
  for (const node of reachable(allRoots(program.body))) node.args.forEach(count);
  return { uses, pinned };
}

/** Nodes that every run through `body` needs: those of its statements and inner loops, not those within branches. */
function alwaysNeeded(body: readonly Statement[]): Node[] {
  return body.flatMap((statement) => (statement.kind === "loop" ? alwaysNeeded(statement.body) : statementRoots(statement)));
}

interface LoopQuestion {
  readonly body: readonly Statement[];
  /** Number of the loop, null for the loop over lanes. */
  readonly loop: number | null;
  readonly pinned: ReadonlySet<Node>;
  readonly isAvailable: (node: Node) => boolean;
  /** True for a leaf that differs from one iteration to the next for a reason outside the body's statements. */
  readonly varies: (node: Node) => boolean;
  /** False for values that are cheaper to compute again than to keep. */
  readonly isWorthKeeping: (node: Node) => boolean;
}

/** The largest expressions that are the same in every iteration of a loop and needed in each of them. */
export function loopInvariants(question: LoopQuestion): Node[] {
  const { body, loop, pinned, isAvailable, varies, isWorthKeeping } = question;
  const counters = new Set<number>(loop === null ? [] : [loop]);
  const assigned = new Set<number>();
  forEachStatement(body, (statement) => {
    if (statement.kind === "loop") counters.add(statement.loop);
    if (statement.kind === "assign") assigned.add(statement.local);
  });
  const leafVaries = (node: Node): boolean => {
    const { op } = node;
    if (op.kind === "counter") return counters.has(op.loop);
    if (op.kind === "local") return assigned.has(op.local) || varies(node);
    return pinned.has(node) || varies(node);
  };

  const needed = reachable(alwaysNeeded(body), isAvailable);
  const invariant = new Set<Node>();
  for (const node of needed) {
    const isSteady = (arg: Node) => invariant.has(arg) || isAvailable(arg);
    if (!leafVaries(node) && node.args.every(isSteady)) invariant.add(node);
  }
  const direct = new Set(alwaysNeeded(body));
  for (const node of needed) if (!invariant.has(node)) for (const arg of node.args) direct.add(arg);
  return [...invariant].filter((node) => direct.has(node) && isWorthKeeping(node));
}

interface RegionQuestion {
  /** The bodies of one `if` or `loop`. */
  readonly bodies: readonly (readonly Statement[])[];
  /** The statements after it in the same list. */
  readonly rest: readonly Statement[];
  readonly isAvailable: (node: Node) => boolean;
  /** Loops whose counters exist. */
  readonly openLoops: ReadonlySet<number>;
}

/**
 * The largest expressions that a region may need and that are needed anyway: after it, or whichever body runs. Computed
 * inside, they would be forgotten at its end and computed again.
 */
export function neededAnyway({ bodies, rest, isAvailable, openLoops }: RegionQuestion): Node[] {
  const later = reachable(alwaysNeeded(rest), isAvailable);
  const within = bodies.map((body) => reachable(allRoots(body), isAvailable));
  const [then, otherwise] = bodies.map((body) => reachable(alwaysNeeded(body), isAvailable));
  const common = new Set<Node>();
  for (const inside of within)
    for (const node of inside) if (later.has(node) || (then?.has(node) && otherwise?.has(node))) common.add(node);

  const found = new Set<Node>();
  for (const node of sortNodes(common)) {
    const isAtHand = (arg: Node) => found.has(arg) || isAvailable(arg);
    if (node.op.kind === "counter" ? openLoops.has(node.op.loop) : node.args.every(isAtHand)) found.add(node);
  }
  const used = new Set([...found].flatMap((node) => node.args));
  return [...found].filter((node) => !used.has(node));
}

const COSTS: Readonly<Record<string, number>> = {
  exp: 20,
  log: 25,
  tanh: 30,
  sin: 20,
  cos: 20,
  pow: 45,
  div: 4,
  sqrt: 4,
  pcg4d: 10,
};

/** Instructions, roughly, to compute what the roots need and is not available, not counting nodes made before `since`. */
export function estimateCost(roots: readonly Node[], since: number, isAvailable: (node: Node) => boolean): number {
  let cost = 0;
  for (const { id, op } of reachable(roots, isAvailable)) if (id > since) cost += COSTS[op.kind] ?? 1;
  return cost;
}
