import { mechanisms } from "flyball";

const { bitcoinSubsidySat } = mechanisms;
console.log(`block 840,000 creates ${bitcoinSubsidySat(840_000) / 1e8} BTC`);
