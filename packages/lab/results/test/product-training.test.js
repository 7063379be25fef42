import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readHead } from "../../dist/heads/spec.js";
import { resolveTrainOptions } from "../../dist/options/train.js";
import { keyOf } from "../kept.js";
import { partOf, withPart } from "../product-training.js";
import { ROWS } from "../sets.js";
import { VARIANT_ROWS, VARIANT_TABLES } from "../variants.js";
import { made, SET } from "./made.js";

/** @param {string} head @param {import("../sets.js").Options} [own] */
const variant = (head, own = {}) => ({
  row: { id: [`made/${head}`, ...Object.values(own)].join("."), set: SET, head, options: own },
  own,
});

describe("variants", () => {
  test("are rows of their own, of options that there are", () => {
    const all = [...ROWS, ...VARIANT_ROWS];
    expect(new Set(all.map(keyOf)).size).toBe(all.length);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    for (const { head, options } of VARIANT_ROWS) {
      expect(() => readHead(head)).not.toThrow();
      expect(() => resolveTrainOptions(options)).not.toThrow();
    }
  });

  test("have their tables on the page", () => {
    const page = readFileSync(new URL("../../../../docs/product-training.md", import.meta.url), "utf8");
    for (const { set, beside } of VARIANT_TABLES) {
      expect(withPart(page, set, "another")).not.toBe(page);
      expect(beside.length).toBe(5);
    }
  });
});

describe("a table", () => {
  const kept = [
    made("learned", [0.9, 0.91, 0.92]),
    made("product:8", [0.91, 0.92, 0.924]),
    { ...made("product:8", [0.8, 0.81, 0.82]), row: "made/product:8.class-means" },
  ];
  const rows = [variant("learned"), variant("product:8"), variant("product:8", { start: "class-means" })];

  test("has rows beside those of their set, what is particular to them, and what is missing", () => {
    const find = (/** @type {{ id: string }} */ { id }) => kept.find(({ row }) => row === id);
    const part = partOf(SET, [...rows, variant("frozen:8")], find);
    expect(part).toMatch(/\| `product:8` +\| +91\.80 ± 0\.72 \| +\+0\.80 \[−0\.06, \+1\.66\] \|/);
    expect(part).toMatch(/\| `product:8` \(start class-means\) \| +81\.00 ± 1\.00 \|/);
    expect(part).toContain("Rows that are not run yet: 1.");
    expect(part).toContain("Made, 3 seeds: `--trunk none` `--seeds 3`. On a CPU");
    expect(partOf(SET, rows, find)).not.toContain("not run yet");
    expect(partOf(SET, rows, () => undefined)).toBe("Not run yet.");
  });

  test("takes the place of the one before, and nothing else", () => {
    const mark = "<!-- made: written by npm run results -->";
    const page = `before\n\n${mark}\n\nold\n\n<!-- end -->\n\nafter\n\n<!-- end -->\n`;
    expect(withPart(page, SET, "new")).toBe(page.replace("old", "new"));
    expect(() => withPart("before", SET, "new")).toThrow(/has no part between "<!-- made: written/);
  });
});
