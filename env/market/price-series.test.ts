import { describe, expect, it } from "vitest";
import { checkPriceFileSize, MOST_PRICE_BYTES, maxDrawdown, parsePriceCsv, seriesStatistics } from "./price-series.js";

/** `count` days from 2020-01-01 (a leap year), prices 1, 2, 1, 2, … */
function rows(count: number): string[][] {
  return Array.from({ length: count }, (_, i) => [
    new Date(Date.UTC(2020, 0, 1 + i)).toISOString().slice(0, 10),
    String(1 + (i % 2)),
  ]);
}

const csv = (table: readonly (readonly string[])[], header = "date,price_usd") =>
  [header, ...table.map((row) => row.join(","))].join("\n");

/** 150 good rows with row `at` (0-based) replaced. */
function spoilt(at: number, row: string[]): string {
  const table = rows(150);
  table[at] = row;
  return csv(table);
}

describe("parsePriceCsv", () => {
  it("reads dates and prices, leap day, other columns, CRLF, a byte order mark and a blank last line included", () => {
    const text = `\uFEFF${csv(
      rows(150).map((row) => [row[0]!, "7", row[1]!]),
      "date,volume,price_usd",
    )}\n`.replaceAll("\n", "\r\n");
    const { prices, from, to } = parsePriceCsv(text);
    expect(prices).toHaveLength(150);
    expect([...prices.slice(0, 3)]).toEqual([1, 2, 1]);
    expect([from, to]).toEqual(["2020-01-01", "2020-05-29"]);
  });

  it.each([
    ["an empty file", "", "E_PRICES_EMPTY", "the price file is empty"],
    ["a header alone", "date,price_usd\n", "E_PRICES_FEW", "the price file has 0 days, at least 120 are needed"],
    ["119 days", csv(rows(119)), "E_PRICES_FEW", "the price file has 119 days"],
    [
      "a missing column",
      csv(rows(150), "date,price"),
      "E_PRICES_COLUMN",
      "the price file has no column price_usd, it has date, price",
    ],
    ["no header", csv(rows(150), "2019-12-31,1"), "E_PRICES_COLUMN", "no column date"],
    ["prose", "dear sir,\nplease find attached", "E_PRICES_CSV", "the price file is no CSV table"],
    ["a short row", spoilt(5, ["2020-01-06"]), "E_PRICES_CSV", "the price file is no CSV table"],
    ["an open quote", spoilt(5, ['"2020-01-06', "1"]), "E_PRICES_CSV", "the price file is no CSV table"],
    ["a duplicate date", spoilt(5, ["2020-01-05", "1"]), "E_PRICES_DUPLICATE", "row 7 repeats the date 2020-01-05"],
    ["unsorted dates", spoilt(5, ["2019-06-01", "1"]), "E_PRICES_ORDER", "row 7 goes back from 2020-01-05 to 2019-06-01"],
    ["a gap of a day", csv(rows(150).filter((_, i) => i !== 60)), "E_PRICES_GAP", "row 62 leaves out 2020-03-01"],
    [
      "a gap of days",
      csv(rows(150).filter((_, i) => i < 60 || i > 70)),
      "E_PRICES_GAP",
      "row 62 leaves out 2020-03-01 to 2020-03-11",
    ],
    ["a day that does not exist", spoilt(5, ["2020-02-30", "1"]), "E_PRICES_DATE", 'row 7 has the date "2020-02-30"'],
    ["another date format", spoilt(5, ["06.01.2020", "1"]), "E_PRICES_DATE", 'row 7 has the date "06.01.2020"'],
    ["a price of 0", spoilt(5, ["2020-01-06", "0"]), "E_PRICES_PRICE", 'row 7 has the price "0", allowed are numbers above 0'],
    ["a negative price", spoilt(5, ["2020-01-06", "-3"]), "E_PRICES_PRICE", 'row 7 has the price "-3"'],
    ["a missing price", spoilt(5, ["2020-01-06", ""]), "E_PRICES_PRICE", 'row 7 has the price ""'],
    ["NaN", spoilt(5, ["2020-01-06", "NaN"]), "E_PRICES_PRICE", 'row 7 has the price "NaN"'],
    ["infinity", spoilt(5, ["2020-01-06", "1e999"]), "E_PRICES_PRICE", 'row 7 has the price "1e999"'],
    ["text", spoilt(149, ["2020-05-29", "ten"]), "E_PRICES_PRICE", 'row 151 has the price "ten"'],
    [
      "a price that never moves",
      csv(rows(150).map((row) => [row[0]!, "4"])),
      "E_PRICES_CONSTANT",
      "the price is 4 on every day",
    ],
  ])("refuses %s", (_, text, code, message) => {
    expect(() => parsePriceCsv(text)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });

  it("names the column that was meant", () => {
    expect(() => parsePriceCsv(csv(rows(150), "date,price_usdt"))).toThrow(
      expect.objectContaining({ hint: "rename the column price_usdt to price_usd" }),
    );
  });

  it("refuses a 100 MB file without parsing it, by its size alone", () => {
    expect(() => checkPriceFileSize(100e6)).toThrow("the price file has 100.0 MB, allowed are 10 MB");
    expect(() => checkPriceFileSize(MOST_PRICE_BYTES)).not.toThrow();
    expect(() => parsePriceCsv("x".repeat(MOST_PRICE_BYTES + 1))).toThrow(expect.objectContaining({ code: "E_PRICES_SIZE" }));
  });
});

describe("seriesStatistics", () => {
  it("knows a price that doubles and halves: every return is +-log 2", () => {
    const prices = Array.from({ length: 1001 }, (_, i) => 1 + (i % 2));
    const { annualVolatility, kurtosis, maxDrawdown: drawdown, days } = seriesStatistics(prices);
    // Divisor n - 1 = 999 for 1000 returns of mean 0.
    expect(annualVolatility).toBeCloseTo(Math.log(2) * Math.sqrt((365 * 1000) / 999), 12);
    // A two-point distribution: m4 / m2^2 = 1.
    expect(kurtosis).toBeCloseTo(-2, 10);
    expect(drawdown).toBe(0.5);
    expect(days).toBe(1001);
  });

  it("sees the clustering of absolute returns", () => {
    // Ten days of +-0.1, ten days of +-0.01, and so on: |r| is a square wave of period 20.
    const prices = [1];
    for (let i = 0; i < 4000; i++) prices.push(prices[i]! * Math.exp((i % 2 ? -1 : 1) * (Math.floor(i / 10) % 2 ? 0.01 : 0.1)));
    const { lag1, lag5, lag20 } = seriesStatistics(prices).absReturnAutocorrelation;
    // A square wave of period 20 at lag k: 1 - 4k/20, times (n - k)/n by the estimator.
    expect(lag1).toBeCloseTo(0.8 * (1 - 1 / 4000), 3);
    // Of 3,995 pairs five more agree than differ.
    expect(lag5).toBeCloseTo(5 / 4000, 5);
    expect(lag20).toBeCloseTo(1 - 20 / 4000, 3);
  });
});

describe("maxDrawdown", () => {
  it("measures from the running peak", () => {
    expect(maxDrawdown([1, 4, 3, 5, 2, 6])).toBeCloseTo(0.6, 15);
    expect(maxDrawdown([1, 2, 3])).toBe(0);
  });
});
