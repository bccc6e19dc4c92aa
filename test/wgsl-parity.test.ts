import { ECONOMIES } from "../env/economies/index.js";
import { describeParity } from "./support/wgsl-parity-suite.js";

// Bittensor has a file of its own: its step takes SwiftShader as long to compile as all others together.
await describeParity([...ECONOMIES.map(({ id }) => id).filter((id) => !id.startsWith("bittensor")), "akash-v1+spac"]);
