import type { Uses } from "../../compiler/schema.js";
import { uniform4 } from "../../core/random.js";
import type { Economy } from "../economy.js";
import type { DrawKey, Values, WorldFunctions } from "../world.js";

/** Shocks of the market core that hit a whole sector, by distribution. The others are each economy's own. */
const SECTOR_SHOCKS: Readonly<Record<string, "normal" | "uniform">> = {
  market: "normal",
  variance: "normal",
  jumpSize: "normal",
  jumpChance: "uniform",
  regime: "uniform",
  outsideYield: "uniform",
};

/** Own shocks of agent i are drawn from `market + OWN_STREAM * (i + 1)` on; no economy draws that many. */
export const OWN_STREAM = 2048;

/**
 * The economy as a member of a sector: shocks that it has in common with the market core come from the sector's stream, which is
 * the same for all members, and its other shocks from its own. An economy without such shocks draws everything from the sector's.
 * With a correlation below 1 the common shocks are mixed: normal ones linearly, uniform ones by taking the sector's with that
 * chance, so that their distribution stays the same.
 * @param stream first stream of the sector's shocks
 */
export function withSectorShocks(economy: Economy, stream: number, correlation: number): Economy {
  const shared = Object.keys(economy.shocks).filter((name) => Object.hasOwn(SECTOR_SHOCKS, name));
  const ofKind = (kind: string) =>
    Object.fromEntries(shared.filter((name) => SECTOR_SHOCKS[name] === kind).map((name) => [name, 1]));
  const sectorOnly = Object.fromEntries(
    shared.map((name) => [`sector.${name}`, { ...economy.shocks[name]!, doc: `${economy.shocks[name]!.doc}; the sector's` }]),
  );
  return {
    ...economy,
    shocks: { ...economy.shocks, ...sectorOnly },
    uses: {
      ...economy.uses,
      sectorShocks: {
        draw: economy.functions.draw,
        uniform4,
        stream,
        normal: ofKind("normal"),
        uniform: ofKind("uniform"),
        common: Math.sqrt(correlation),
        own: Math.sqrt(1 - correlation),
        chance: correlation,
        isCommon: shared.length > 0 ? 0 : 1,
      },
    },
    functions: { ...economy.functions, draw: drawWithSector as WorldFunctions["draw"] },
  };
}

type SectorUses = Uses & {
  readonly sectorShocks: {
    readonly draw: WorldFunctions["draw"];
    readonly uniform4: typeof uniform4;
    readonly stream: number;
    /** Names of the shocks that the sector shares, by their distribution. */
    readonly normal: Readonly<Record<string, number>>;
    readonly uniform: Readonly<Record<string, number>>;
    readonly common: number;
    readonly own: number;
    readonly chance: number;
    readonly isCommon: number;
  };
};

function drawWithSector(z: Values, d: DrawKey, u: SectorUses): void {
  u.sectorShocks.draw(z, { seed: d.seed, episode: d.episode, day: d.day, stream: u.sectorShocks.stream }, u);
  for (const name in u.sectorShocks.normal) z[`sector.${name}`] = z[name]!;
  for (const name in u.sectorShocks.uniform) z[`sector.${name}`] = z[name]!;
  if (u.sectorShocks.isCommon < 0.5) {
    u.sectorShocks.draw(z, d, u);
    // The last of the stream's numbers: no economy draws 1,024 times.
    const luck = u.sectorShocks.uniform4(d.seed, d.episode, d.day, d.stream + 1023);
    for (const name in u.sectorShocks.normal)
      z[name] = u.sectorShocks.common * z[`sector.${name}`]! + u.sectorShocks.own * z[name]!;
    for (const name in u.sectorShocks.uniform) z[name] = luck.a < u.sectorShocks.chance ? z[`sector.${name}`]! : z[name]!;
  }
}
