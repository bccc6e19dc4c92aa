import type { Decimal } from "decimal.js";
import { UserError } from "../../core/errors.js";
import type { Economy } from "../economy.js";

/** Books kept apart from the accounts: what was there at the start, plus everything that came, minus everything that went. */
export interface Journal {
  readonly open: () => void;
  /** @throws UserError `E_BOOKS` when accounts and journal differ by a single base unit, or an account is below 0 or split */
  readonly check: (day: number) => void;
}

interface Books {
  /** Whose they are, for messages. */
  readonly name: string;
  readonly unit: string;
  /** Decimal places of the base unit. */
  readonly decimals: number;
  readonly accounts: readonly string[];
  readonly balance: (account: string) => Decimal;
  /** What came less what went in the last step. */
  readonly change: () => Decimal;
  /** What a reader needs to find a leak of this size. */
  readonly explain?: (difference: Decimal) => string;
}

export function keepJournal({ name, unit, decimals, accounts, balance, change, explain }: Books): Journal {
  const balances = () => accounts.map(balance);
  const sum = () => balances().reduce((total, amount) => total.plus(amount));
  let booked: Decimal;
  let before: readonly Decimal[];
  const leak = (difference: Decimal) => {
    const moves = balances().map((amount, i) => `change of ${accounts[i]} ${amount.minus(before[i]!).toFixed()}`);
    const size = `accounts minus journal is ${difference.toFixed()} ${unit}`;
    return `${size}${explain ? `${explain(difference)}, ` : "; "}${moves.join(", ")}`;
  };
  const odd = (account: string) => {
    const amount = balance(account);
    const why = amount.lt(0) ? "below 0" : `not a whole number of base units of 1e-${decimals}`;
    return `${account} is ${amount.toFixed()} ${unit}, ${why}`;
  };
  return {
    open: () => {
      booked = sum();
      before = balances();
    },
    check: (day) => {
      booked = booked.plus(change());
      const difference = sum().minus(booked);
      const bad = accounts.find((account) => balance(account).lt(0) || balance(account).decimalPlaces() > decimals);
      if (!difference.isZero() || bad !== undefined) {
        const message = `the books of ${name} do not balance on day ${day}: ${bad === undefined ? leak(difference) : odd(bad)}`;
        throw new UserError("E_BOOKS", message, "count each flow once on every account that it touches, through units()");
      }
      before = balances();
    },
  };
}

type Read = (record: "state" | "flows" | "applied", field: string) => Decimal;

/** The books of an economy's token. Minting and burning beyond the breakers' limits of the day is refused too. */
export function tokenJournal(name: string, { balances, flows, token }: Economy, read: Read): Journal {
  const tokenFlows = Object.keys(flows).filter((flow) => flows[flow]!.unit === token.symbol && flow !== "supply");
  const journal = keepJournal({
    name,
    unit: token.symbol,
    decimals: token.decimals,
    accounts: balances,
    balance: (account) => read("state", account),
    change: () => read("flows", "minted").minus(read("flows", "burned")),
    explain: (difference) => {
      const same = tokenFlows.filter((flow) => read("flows", flow).abs().eq(difference.abs()));
      const booking = ["minted", "burned"].map((flow) => `${flow} ${read("flows", flow).toFixed()}`);
      return `${same.length > 0 ? `, as much as the flow ${same.join(" or ")}` : ""}; ${booking.join(", ")}`;
    },
  });
  return {
    open: journal.open,
    check: (day) => {
      journal.check(day);
      for (const [flow, limit] of [
        ["minted", "mintLimit"],
        ["burned", "burnLimit"],
      ] as const) {
        const [did, allowed] = [read("flows", flow), read("applied", limit)];
        if (did.lte(allowed)) continue;
        const message = `${name} ${flow} ${did.toFixed()} ${token.symbol} on day ${day}, the breakers allow ${allowed.toFixed(token.decimals)}`;
        throw new UserError("E_BOOKS", message, `take Math.min of the flow and a.${limit} before units()`);
      }
    },
  };
}
