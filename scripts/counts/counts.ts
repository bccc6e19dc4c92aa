import { fileCycles, roomCycles, subfolderCycles, topFolderCycles } from "./cycles.js";
import { testedExports, unusedExports } from "./exports.js";
import { longFunctions, manyParameters } from "./functions.js";
import { isTest, type Place, type Source } from "./tree.js";
import { anyTypes, doubleCasts } from "./types.js";

/** A figure of the source tree: the places that it counts. */
interface Count {
  readonly title: string;
  readonly places: (tree: readonly Source[]) => readonly Place[];
}

export const COUNTS: Readonly<Record<string, Count>> = {
  any: { title: "uses of any, or of an alias of it, as a type", places: anyTypes },
  casts: { title: "as unknown as", places: doubleCasts },
  "parameters-6": { title: "functions with over 6 parameters", places: (tree) => manyParameters(tree, 6) },
  "parameters-4": { title: "functions with over 4 parameters", places: (tree) => manyParameters(tree, 4) },
  long: { title: "functions over 60 lines, tables apart", places: (tree) => longFunctions(tree, 60) },
  exports: { title: "exports that nobody imports", places: unusedExports },
  "exports-tests": { title: "exports that only tests import", places: testedExports },
  "cycles-files": { title: "files in import cycles", places: fileCycles },
  "cycles-top": { title: "top-level folders in import cycles", places: topFolderCycles },
  "cycles-sub": { title: "direct subfolders in import cycles", places: subfolderCycles },
  "cycles-rooms": { title: "the same, a folder's own files as one more subfolder", places: roomCycles },
};

/** Places of a figure, apart for the product and for its tests. */
export function countTree(tree: readonly Source[], name: string): { product: readonly Place[]; tests: readonly Place[] } {
  const places = COUNTS[name]!.places(tree);
  return { product: places.filter(({ path }) => !isTest(path)), tests: places.filter(({ path }) => isTest(path)) };
}
