import { describe, expect, it } from "vitest";
import { nearest, suggest } from "./nearest.js";

describe("nearest", () => {
  it("finds the name that a typo was meant to be", () => {
    expect(nearest("cosmos-mnit", ["constant", "cosmos-mint", "pid"])).toBe("cosmos-mint");
  });

  it("ignores case", () => {
    expect(nearest("PID", ["constant", "pid"])).toBe("pid");
  });

  it("names nothing when nothing is close", () => {
    expect(nearest("zzzzzz", ["constant", "pid"])).toBeUndefined();
    expect(suggest("zzzzzz", ["constant", "pid"])).toBe("allowed: constant, pid");
    expect(suggest("zzzzzz", ["constant", "pid"], 1)).toBe("allowed: constant, …");
  });

  it("says the nearest name in the hint", () => {
    expect(suggest("constat", ["constant", "pid"])).toBe("did you mean constant?");
  });
});
