import type { ESTree } from "rolldown/utils";
import { type Place, placeOf, type Source, visit } from "./tree.js";

/** Uses of `any` as a type, and of a name that is another word for it, followed to the definition through imports. */
export function anyTypes(tree: readonly Source[]): readonly Place[] {
  const isAlias = aliasFinder(tree);
  return tree.flatMap((source) => {
    const found: Place[] = [];
    visit(source, {
      TSAnyKeyword: (node) => found.push(placeOf(source, node.start, "any")),
      TSTypeReference(node) {
        const name = node.typeName.type === "Identifier" ? node.typeName.name : undefined;
        if (name !== undefined && isAlias(source.path, name)) found.push(placeOf(source, node.start, `${name} (any)`));
      },
    });
    return found;
  });
}

/** Casts through unknown: `x as unknown as T`. */
export function doubleCasts(tree: readonly Source[]): readonly Place[] {
  return tree.flatMap((source) => {
    const found: Place[] = [];
    visit(source, {
      TSAsExpression(node) {
        const inner = node.expression;
        if (inner.type !== "TSAsExpression" || inner.typeAnnotation.type !== "TSUnknownKeyword") return;
        const { start, end } = node.typeAnnotation;
        found.push(placeOf(source, start, `as unknown as ${source.text.slice(start, end)}`));
      },
    });
    return found;
  });
}

/** Tells whether a name in a file is an alias of `any`: any itself, an array of it, a union or intersection with it. */
function aliasFinder(tree: readonly Source[]): (path: string, name: string) => boolean {
  const aliases = new Map(tree.map((source) => [source.path, typeAliases(source)]));
  const files = new Map(tree.map((source) => [source.path, source]));
  const known = new Map<string, boolean>();

  const isAny = (path: string, type: ESTree.TSType): boolean => {
    switch (type.type) {
      case "TSAnyKeyword":
        return true;
      case "TSArrayType":
        return isAny(path, type.elementType);
      case "TSParenthesizedType":
      case "TSTypeOperator":
        return isAny(path, type.typeAnnotation);
      case "TSUnionType":
      case "TSIntersectionType":
        return type.types.some((member) => isAny(path, member));
      case "TSTypeReference":
        return type.typeName.type === "Identifier" && isAlias(path, type.typeName.name);
      default:
        return false;
    }
  };
  const search = (path: string, name: string): boolean => {
    const local = aliases.get(path)?.get(name);
    if (local !== undefined) return isAny(path, local);
    return (files.get(path)?.imports ?? []).some((taken) => {
      if (taken.local === name || taken.passedOnAs === name) return taken.name !== "*" && isAlias(taken.from, taken.name);
      return taken.passedOnAs === "*" && isAlias(taken.from, name);
    });
  };
  const isAlias = (path: string, name: string): boolean => {
    const key = `${path}\0${name}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    known.set(key, false); // ends an alias of itself
    const found = search(path, name);
    known.set(key, found);
    return found;
  };
  return isAlias;
}

function typeAliases(source: Source): ReadonlyMap<string, ESTree.TSType> {
  const found = new Map<string, ESTree.TSType>();
  visit(source, { TSTypeAliasDeclaration: (node) => void found.set(node.id.name, node.typeAnnotation) });
  return found;
}
