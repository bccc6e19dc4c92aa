import type { Command } from "commander";
import { sha256Hex } from "../../core/digest.js";
import { UserError } from "../../core/errors.js";
import type { Economy } from "../../env/economy.js";
import { shortName } from "../../env/economy-id.js";
import { type Calibration, type CalibrationOptions, calibrate } from "../../env/market/calibration/calibration.js";
import { formatDay, parseDay } from "../../env/market/calibration/dates.js";
import { FITTED } from "../../env/market/calibration/fitted.js";
import type { Spread } from "../../env/market/calibration/notes.js";
import { MAX_PRICE_BYTES, type PriceSeries, parsePriceCsv } from "../../env/market/calibration/price-series.js";
import { checkUsable, findOutliers, withoutMoves } from "../../env/market/calibration/usable.js";
import { resolveParams } from "../../env/params.js";
import { serialiseParamsFile } from "../../env/params-file.js";
import { chooseEconomy, ECONOMY_HELP, LISTED_HELP, LISTED_OPTION } from "../economy-option.js";
import { checkWritable, writeWhole } from "../files.js";
import { readInputFile } from "../input-file.js";
import { type Io, writeJson, writeLine } from "../io.js";
import { wholeNumber } from "../options.js";
import { renderTable } from "../terminal/table.js";

interface Options {
  readonly listed?: string;
  readonly prices: string;
  readonly preset?: string;
  readonly seed: number;
  readonly dropOutliers?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

export function addCalibrate(program: Command, io: Io): void {
  program
    .command("calibrate <economy>")
    .description("fits the market's volatility and jumps to daily prices and says how well they fit")
    .requiredOption("--prices <file>", "CSV of daily prices: date and price_usd, or an export of a price site")
    .option(LISTED_OPTION, LISTED_HELP)
    .option("--preset <name>", "named set of parameters to start from")
    .option("--seed <n>", "seed of the simulated paths", wholeNumber("--seed", 0, 4_294_967_295), 1)
    .option("--drop-outliers", "fit without single days that make most of the kurtosis, such as bad ticks")
    .option("--out <file>", "params file for --params; <economy>.params.json by default")
    .option("--json", "print one JSON document: the fit")
    .addHelpText("after", "\nExample:\n  flyball calibrate akash --prices examples/prices.csv --out runs/market.json")
    .addHelpText("after", ECONOMY_HELP)
    .action((name: string, options: Options) => runCalibrate(io, name, options));
}

async function runCalibrate(io: Io, name: string, options: Options): Promise<void> {
  const { economy } = await chooseEconomy(io, name, options.listed);
  const market = marketOf(economy, options.preset);
  const bytes = readInputFile(io, options.prices, MAX_PRICE_BYTES);
  const series = parsePriceCsv(new TextDecoder().decode(bytes));
  const out = options.out ?? `${shortName(economy.id)}.params.json`;
  checkWritable(io, out);
  for (const note of series.notes) writeLine(io.stderr, note);
  checkUsable(series.prices);
  const prices = reportOutliers(io, series, options.dropOutliers === true);
  writeLine(io.stderr, `fitting ${prices.length} days, ${series.from} to ${series.to} …`);
  const fit = calibrate(prices, { ...market, seed: options.seed });
  const source = {
    kind: "calibrate",
    from: series.from,
    to: series.to,
    days: fit.days,
    sha256: sha256Hex(bytes),
    seed: options.seed,
    distance: fit.distance,
    fit: fit.fit,
    droppedDays: series.prices.length - prices.length,
    notes: [...fit.notes],
  };
  const file = serialiseParamsFile({ format: "flyball-params", version: 1, economy: economy.id, values: fit.params, source });
  writeWhole(io, out, file);
  if (options.json) writeJson(io, { economy: economy.id, file: out, ...fit });
  else writeLine(io.stdout, describeFit(fit));
  writeLine(io.stderr, `wrote ${out}; use it with --params ${out}`);
}

/** Says which days decide the kurtosis by themselves, and leaves them out if that is wanted. */
function reportOutliers(io: Io, series: PriceSeries, drop: boolean): Float64Array {
  const outliers = findOutliers(series.prices);
  const first = parseDay(series.from, undefined);
  for (const { at, logReturn, share } of outliers) {
    const move = `${formatDay(first + at)}: price times ${Math.exp(logReturn).toPrecision(3)} in a day`;
    writeLine(io.stderr, `outlier ${move}, ${(100 * share).toFixed(0)} % of the kurtosis${drop ? "; left out" : ""}`);
  }
  if (drop) return withoutMoves(series.prices, outliers);
  if (outliers.length > 0) writeLine(io.stderr, "if such a day is a bad tick, fit without it: --drop-outliers");
  return series.prices;
}

/** The economy's market core. @throws UserError when it has none to fit */
function marketOf(economy: Economy, preset: string | undefined): Pick<CalibrationOptions, "params" | "specs"> {
  const missing = FITTED.find((name) => !(name in economy.params));
  if (missing) {
    const message = `${economy.id} has no parameter ${missing}: its market cannot be fitted to prices`;
    throw new UserError("E_CALIBRATE_ECONOMY", message, "choose an economy on the shared market core");
  }
  const specs = Object.fromEntries(FITTED.map((name) => [name, economy.params[name]!])) as CalibrationOptions["specs"];
  // The market core's parameters are among the economy's; the check above stands for all of them.
  const params = resolveParams(economy, { preset }) as CalibrationOptions["params"];
  return { params, specs };
}

/** Data and simulation, then what was fitted. */
function describeFit({ data, simulated, params, intervals, distance, fit, notes }: Calibration): string {
  const lags = ["lag1", "lag5", "lag20"] as const;
  const rows = [
    ["annual volatility", data.annualVolatility, simulated.annualVolatility],
    ["excess kurtosis", data.kurtosis, simulated.kurtosis],
    ...lags.map((lag) => {
      const name = `autocorrelation of |return|, ${lag.replace("lag", "lag ")}`;
      return [name, data.absReturnAutocorrelation[lag], simulated.absReturnAutocorrelation[lag]];
    }),
    ["max drawdown", data.maxDrawdown, simulated.maxDrawdown],
  ] as const;
  const figures = rows.map(([name, value, spread]) => {
    const { median, low, high } = spread as Spread;
    return [String(name), Number(value).toFixed(3), median.toFixed(3), `${low.toFixed(3)} to ${high.toFixed(3)}`];
  });
  return [
    renderTable(["figure", "data", "simulated", "middle 90 %"], figures, [1, 2, 3]),
    "",
    renderTable(
      ["fitted", "value", "95 % interval"],
      FITTED.map((name) => {
        const { low, high } = intervals[name];
        return [name, params[name].toPrecision(4), `${low.toPrecision(3)} to ${high.toPrecision(3)}`];
      }),
      [1, 2],
    ),
    "",
    `${fit.verdict} fit: distance ${distance.toFixed(2)}; ${(100 * fit.pValue).toFixed(0)} % of simulated series are as far from their mean`,
    ...notes.map((note) => `\nnote: ${note}`),
  ].join("\n");
}
