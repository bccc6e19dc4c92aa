import { expect, test } from "vitest";
import { UserError } from "../../core/errors.js";
import { parsePeerOptions } from "./run-options.js";

test("without options windows are long enough to quote and PyTorch comes from its own index", () => {
  const expected = { quick: false, json: false, python: "python3", seconds: 5, rounds: 3, torch: "cpu" };
  expect(parsePeerOptions([])).toEqual(expected);
});

test("--quick shortens what is not given", () => {
  expect(parsePeerOptions(["--quick", "--rounds", "2"])).toMatchObject({ quick: true, seconds: 0.5, rounds: 2 });
});

test("--help asks for nothing else", () => {
  expect(parsePeerOptions(["--help", "--seconds", "soon"])).toBeUndefined();
});

test.each([
  [["--seconds", "soon"], "--seconds is soon, allowed are numbers 0.1 .. 600"],
  [["--seconds", ""], "--seconds is , allowed are numbers 0.1 .. 600"],
  [["--rounds", "1.5"], "--rounds is 1.5, allowed are whole numbers 1 .. 99"],
  [["--rounds", "0"], "--rounds is 0, allowed are whole numbers 1 .. 99"],
  [["--torch", "gpu"], "--torch is gpu, allowed are cpu, registry and none"],
  [["--fast"], "unknown option '--fast'"],
  [["--python"], "option '--python <value>' argument missing"],
])("%j is refused by name", (args, message) => {
  expect(() => parsePeerOptions(args)).toThrow(UserError);
  expect(() => parsePeerOptions(args)).toThrow(message);
});
