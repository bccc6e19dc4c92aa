import { describe, expect, it } from "vitest";
import { checkPriceFileSize, MAX_PRICE_BYTES, maxDrawdown, parsePriceCsv, seriesStatistics } from "./price-series.js";

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
      csv(rows(150), "date,worth"),
      "E_PRICES_COLUMN",
      "the price file has no column price_usd, it has date, worth",
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
    ["prose for a date", spoilt(5, ["6th of January", "1"]), "E_PRICES_DATE", 'row 7 has the date "6th of January"'],
    ["a date whose day and month could be either", spoilt(5, ["06/01/2020", "1"]), "E_PRICES_DATE", 'date "06/01/2020"'],
    ["a zone other than UTC", spoilt(5, ["2020-01-06 00:00:00 +02:00", "1"]), "E_PRICES_DATE", "row 7 has the date"],
    [
      "many days without a price",
      csv(rows(150).map(([d], i) => [d!, i % 9 ? "2" : "null"])),
      "E_PRICES_PRICE",
      "17 of 150 days",
    ],
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

  // As the sites write them; the prices are made up.
  const days = (count: number) => Array.from({ length: count }, (_, i) => new Date(Date.UTC(2023, 0, 1 + i)));
  const iso = (date: Date) => date.toISOString().slice(0, 10);
  const named = (date: Date) =>
    date.toLocaleDateString("en-US", { month: "short", day: "2-digit", year: "numeric", timeZone: "UTC" });
  const price = (i: number) => 1500 + (i % 7);
  const exports: Record<string, string> = {
    CoinGecko: ["snapped_at,price,market_cap", ...days(130).map((d, i) => `${iso(d)} 00:00:00 UTC,${price(i)},9`)].join("\n"),
    CoinMarketCap: [
      "\uFEFFtimeOpen;timeClose;name;open;high;low;close;volume;timestamp",
      ...days(130).map((d, i) => `"${iso(d)}T00:00:00.000Z";"x";"2781";1;1;1;${price(i)};7;"${iso(d)}T23:59:59.999Z"`),
    ].join("\r\n"),
    "Investing.com": [
      '\uFEFF"Date","Price","Open","Vol."',
      ...days(130)
        .map((d, i) => `"${named(d)}","1,${500 + (i % 7)}.0","1","1K"`)
        .reverse(),
    ].join("\n"),
    "Yahoo Finance": [
      "Date,Open,High,Low,Close,Adj Close,Volume",
      ...days(130).map((d, i) => `${iso(d)},1,1,1,${i === 61 ? "null" : price(i)},2,3`),
    ].join("\n"),
    "a spreadsheet of a country with decimal commas": [
      "Date;Close",
      ...days(130).map((d, i) => `${iso(d).split("-").reverse().join(".")};1.${500 + (i % 7)},00`),
    ].join("\n"),
    "month first": [
      "Date,Close",
      ...days(130).map((d, i) => `${d.getUTCMonth() + 1}/${d.getUTCDate()}/2023,$${price(i)}`),
    ].join("\n"),
    milliseconds: ["time\tclose", ...days(130).map((d, i) => `${d.getTime()}\t${price(i)}`)].join("\n"),
  };
  it.each(Object.entries(exports))("reads an export of %s", (_name, text) => {
    const { prices, from, to, notes } = parsePriceCsv(text);
    expect([from, to]).toEqual(["2023-01-01", "2023-05-10"]);
    expect(notes.length).toBeGreaterThan(0);
    // Yahoo's missing day is filled in between its neighbours: 1504 * 1506 is 1505^2 - 1.
    expect(prices[61]).toBeCloseTo(price(61), 3);
    expect([...prices].filter((_, i) => i !== 61)).toEqual(days(130).flatMap((_, i) => (i === 61 ? [] : [price(i)])));
  });

  it("names the column that was meant", () => {
    expect(() => parsePriceCsv(csv(rows(150), "date,price_usdt"))).toThrow(
      expect.objectContaining({ hint: expect.stringContaining("rename the column price_usdt to price_usd") }),
    );
  });

  it("refuses a 100 MB file without parsing it, by its size alone", () => {
    expect(() => checkPriceFileSize(100e6)).toThrow("the price file has 100.0 MB, allowed are 10 MB");
    expect(() => checkPriceFileSize(MAX_PRICE_BYTES)).not.toThrow();
    expect(() => parsePriceCsv("x".repeat(MAX_PRICE_BYTES + 1))).toThrow(expect.objectContaining({ code: "E_PRICES_SIZE" }));
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
