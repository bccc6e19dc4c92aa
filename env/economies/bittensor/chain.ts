import { REGISTRATION } from "../../mechanisms/registration-price.js";

const BLOCKS_PER_DAY = 7200;

/** Constants of the chain. */
export const CHAIN = {
  TAO_CAP: 21e6,
  ALPHA_CAP: 21e6,
  BLOCK_TAO: 1,
  BLOCK_ALPHA: 1,
  BLOCKS_PER_DAY,
  SLOT_HALVINGS: BLOCKS_PER_DAY / REGISTRATION.halfLife,
};

export const CHAIN_UNITS = {
  TAO_CAP: "TAO",
  ALPHA_CAP: "alpha",
  BLOCK_TAO: "TAO",
  BLOCK_ALPHA: "alpha",
  BLOCKS_PER_DAY: "1/day",
  SLOT_HALVINGS: "1/day",
} as const;
