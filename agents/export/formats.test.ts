import { expect, test } from "vitest";
import { EXPORT_FORMATS, LATER_FORMATS, renderExportFormats } from "./formats.js";

test("formats have ids of their own, and none of them is still announced for later", () => {
  const ids = EXPORT_FORMATS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(LATER_FORMATS.filter((id) => ids.includes(id))).toEqual([]);
  expect(ids[0]).toBe("json");
});

test("the page has a section for each format with the command that writes it", () => {
  const page = renderExportFormats();
  for (const { id, fileName } of EXPORT_FORMATS) {
    expect(page).toContain(`\n## ${id}\n`);
    expect(page).toContain(`flyball export runs/akash --format ${id} --out ${fileName}`);
  }
});
