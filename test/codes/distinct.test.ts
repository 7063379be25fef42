import { describe, expect, test } from "@jest/globals";
import { createOnJs as create } from "../support/heads.js";
import { tableVectors } from "../support/tables.js";

describe("no two classes share a vector", () => {
  test.each([
    [1, 2],
    [2, 4],
    [3, 8],
    [5, 16],
    [6, 16],
    [7, 128],
    [8, 128],
    [9, 64],
    [12, 512],
    [13, 1024],
    [16, 8192],
    [18, 2 ** 15],
    [28, 5000],
    [56, 10_000],
    [64, 8000],
  ])("%d features, %d classes", (features, classes) => {
    const vectors = tableVectors(create({ features, classes, seed: 9 }).code.table) as Int8Array[];
    expect(new Set(vectors.map((v) => v.join())).size).toBe(classes);
  });
});
