import { dirname } from "node:path";
import { isTest, type Place, type Source } from "./tree.js";

/** From a file or folder to those it imports, each with one import that shows it. */
type Graph = ReadonlyMap<string, ReadonlyMap<string, Place>>;

/** Files of the product that reach themselves through imports, those of types included. */
export function fileCycles(tree: readonly Source[]): readonly Place[] {
  return inCycles(graphOf(tree, (path) => path));
}

/** Top-level folders that reach themselves through the imports of their files. */
export function topFolderCycles(tree: readonly Source[]): readonly Place[] {
  return inCycles(graphOf(tree, (path) => folderAt(path, 1)));
}

/**
 * Folders down to the direct subfolders of the top-level ones that reach themselves. Files that lie directly in a top-level
 * folder belong to no subfolder and are left out: they are the parent's, which holds its children together.
 */
export function subfolderCycles(tree: readonly Source[]): readonly Place[] {
  return inCycles(graphOf(tree, (path) => (path.split("/").length > 2 ? folderAt(path, 2) : undefined)));
}

/** The same with the files directly in a top-level folder as a folder of their own ("env/."). */
export function roomCycles(tree: readonly Source[]): readonly Place[] {
  return inCycles(graphOf(tree, (path) => (path.split("/").length > 2 ? folderAt(path, 2) : `${folderAt(path, 1)}/.`)));
}

function folderAt(path: string, depth: number): string {
  return dirname(path).split("/").slice(0, depth).join("/");
}

function graphOf(tree: readonly Source[], nodeOf: (path: string) => string | undefined): Graph {
  const graph = new Map<string, Map<string, Place>>();
  for (const { path, imports } of tree) {
    const from = nodeOf(path);
    if (isTest(path) || from === undefined || from === ".") continue;
    for (const { from: target } of imports) {
      const to = nodeOf(target);
      const itself = to === from && target !== path;
      if (to === undefined || to === "." || itself) continue;
      const edges = graph.get(from) ?? new Map<string, Place>();
      if (!edges.has(to)) edges.set(to, { path, line: 1, what: `${from} -> ${to} (${target})` });
      graph.set(from, edges);
    }
  }
  return graph;
}

/** One place for each node that reaches itself: its import towards the circle. */
function inCycles(graph: Graph): readonly Place[] {
  const reach = new Map([...graph.keys()].map((node) => [node, reachable(graph, node)]));
  return [...graph].flatMap(([node, edges]) => {
    if (!reach.get(node)!.has(node)) return [];
    const around = [...edges].filter(([to]) => to === node || reach.get(to)?.has(node));
    return [{ ...around[0]![1], what: around.map(([, place]) => place.what).join(", ") }];
  });
}

function reachable(graph: Graph, start: string): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...(graph.get(start)?.keys() ?? [])];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (found.has(node)) continue;
    found.add(node);
    open.push(...(graph.get(node)?.keys() ?? []));
  }
  return found;
}
