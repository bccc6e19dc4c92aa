import { ECONOMIES } from "../env/registry.js";
import { describeParity } from "./wgsl-parity-suite.js";

await describeParity(ECONOMIES.map(({ id }) => id).filter((id) => id.startsWith("bittensor")));
