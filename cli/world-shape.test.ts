import { expect, test } from "vitest";
import { ECONOMIES } from "../env/economies/index.js";
import { findEconomy, REGISTRY } from "../env/registry.js";
import { checkShape } from "./world-shape.js";

const plain = ECONOMIES.map(({ id }) => id);
const listed = plain.flatMap((id) => REGISTRY.listing.kinds.map((kind) => `${id}+${kind}`));

test.each([...plain, "bittensor@2", "bittensor@64", ...listed])("%s has all that an economy of a user's must have", (id) => {
  expect(() => checkShape(findEconomy(id))).not.toThrow();
});
