import { ECONOMIES } from "../env/economies/index.js";
import { describeParity } from "./support/wgsl-parity-suite.js";

await describeParity(ECONOMIES.map(({ id }) => id).filter((id) => id.startsWith("bittensor")));
