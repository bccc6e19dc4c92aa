import type { Node } from "../ir/program.js";
import type { Push } from "./simd.js";

/**
 * Values computed so far, as seen from one place of the program: what was computed in a branch or a loop's body is
 * forgotten when it ends, as it may not have run.
 */
export interface Scopes {
  readonly find: (node: Node) => Push | undefined;
  readonly define: (node: Node, read: Push) => void;
  /** All four components of pcg4d for one key. */
  readonly findGroup: (key: string) => readonly Push[] | undefined;
  readonly defineGroup: (key: string, reads: readonly Push[]) => void;
  readonly inside: (run: () => void) => void;
}

export function createScopes(): Scopes {
  const open = [newScope()];
  const innermost = () => open[open.length - 1] as ReturnType<typeof newScope>;
  return {
    find: ({ id }) => findLast(open, (scope) => scope.values.get(id)),
    define: (node, read) => innermost().values.set(node.id, read),
    findGroup: (key) => findLast(open, (scope) => scope.groups.get(key)),
    defineGroup: (key, reads) => innermost().groups.set(key, reads),
    inside: (run) => {
      open.push(newScope());
      run();
      open.pop();
    },
  };
}

function newScope() {
  return { values: new Map<number, Push>(), groups: new Map<string, readonly Push[]>() };
}

function findLast<Item, Found>(items: readonly Item[], look: (item: Item) => Found | undefined): Found | undefined {
  for (let i = items.length - 1; i >= 0; i--) {
    const found = look(items[i] as Item);
    if (found !== undefined) return found;
  }
  return undefined;
}
