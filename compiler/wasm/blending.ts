import type { Node, Program, Statement } from "../ir/program.js";
import { allRoots, reachable, statementRoots } from "../ir/traversal.js";

/** Which assignments in branches must keep the values of lanes that do not take the branch. */
export interface Blending {
  /** Assignments to locals that live only within the branch where they are assigned: the other lanes are never read. */
  readonly ofOwnLocals: ReadonlySet<Statement>;
  /** Locals that both sides of an `if` assign and neither reads: the side that comes first may overwrite all lanes. */
  readonly joined: ReadonlyMap<Statement, ReadonlySet<number>>;
}

export function analyseBlending(program: Program): Blending {
  const ofOwnLocals = new Set<Statement>();
  const joined = new Map<Statement, ReadonlySet<number>>();
  const placed = placeAll(program.body, { parent: null, depth: 0 });
  const homes = findHomes(program, placed);
  for (const [statement, region] of placed) {
    if (statement.kind === "assign" && homes[statement.local] === region) ofOwnLocals.add(statement);
    if (statement.kind === "if") joined.set(statement, joinedLocals(statement, homes, region));
  }
  return { ofOwnLocals, joined };
}

/** A branch of an `if`, or the whole program. Loops are not regions: they run for the same lanes as what is around them. */
interface Region {
  readonly parent: Region | null;
  readonly depth: number;
}

/** Every statement with its region. */
type Placed = readonly (readonly [statement: Statement, region: Region])[];

function placeAll(body: readonly Statement[], region: Region): Placed {
  return body.flatMap((statement): Placed => {
    if (statement.kind === "loop") return [[statement, region], ...placeAll(statement.body, region)];
    if (statement.kind !== "if") return [[statement, region]];
    const [then, otherwise] = [statement.then, statement.otherwise].map((branch) =>
      placeAll(branch, { parent: region, depth: region.depth + 1 }),
    ) as [Placed, Placed];
    return [[statement, region], ...then, ...otherwise];
  });
}

/** The innermost region that holds every assignment and every read of each local. */
function findHomes(program: Program, placed: Placed): (Region | undefined)[] {
  const homes: (Region | undefined)[] = program.locals.map(() => undefined);
  const mention = (local: number, region: Region) => {
    homes[local] = commonRegion(homes[local] ?? region, region);
  };
  const roots = new Map<Region, Node[]>();
  for (const [statement, region] of placed) {
    if (statement.kind === "assign") mention(statement.local, region);
    const others = roots.get(region);
    if (others) others.push(...statementRoots(statement));
    else roots.set(region, [...statementRoots(statement)]);
  }
  for (const [region, nodes] of roots) for (const local of localsRead(nodes)) mention(local, region);
  return homes;
}

function commonRegion(a: Region, b: Region): Region {
  let [x, y] = [a, b];
  while (x !== y) {
    if (x.depth >= y.depth) x = x.parent as Region;
    else y = y.parent as Region;
  }
  return x;
}

type If = Statement & { readonly kind: "if" };

function joinedLocals({ then, otherwise }: If, homes: readonly (Region | undefined)[], region: Region): Set<number> {
  const assigned = (body: readonly Statement[]) => body.flatMap((inner) => (inner.kind === "assign" ? [inner.local] : []));
  const others = new Set(assigned(otherwise));
  const both = new Set(assigned(then).filter((local) => others.has(local) && homes[local] === region));
  if (both.size === 0) return both;
  for (const local of localsRead([...allRoots(then), ...allRoots(otherwise)])) both.delete(local);
  return both;
}

function localsRead(roots: readonly Node[]): number[] {
  return [...reachable(roots)].flatMap(({ op }) => (op.kind === "local" ? [op.local] : []));
}
