/** Objects of options: unknown names, and null for none. */

import { describe, expect, test } from "@jest/globals";
import { readOptions } from "../lib/options.js";

const KNOWN = ["labelSmoothing", "reduction", "out"];
const read = (options: unknown): object => readOptions("train", options as object, ["type"], KNOWN);

describe("readOptions", () => {
  test("undefined and null mean none", () => {
    expect(read(undefined)).toEqual({});
    expect(read(null)).toEqual({});
    expect(read({ out: null, reduction: "sum", typo: undefined })).toEqual({
      reduction: "sum",
      typo: undefined,
    });
  });

  test("leaves the caller's object as it is", () => {
    const given = Object.freeze({ out: null, reduction: "sum" });
    read(given);
    expect(given).toEqual({ out: null, reduction: "sum" });
  });

  test.each([
    [
      { label_smoothing: 0.1 },
      'train has no option "label_smoothing", did you mean "labelSmoothing"? It has type, ',
    ],
    [{ labelsmoothing: 0.1 }, 'did you mean "labelSmoothing"?'],
    [{ reducton: "sum" }, 'did you mean "reduction"?'],
    [{ activation: null }, 'train has no option "activation", it has type, labelSmoothing, reduction, out'],
  ])("%j is refused by name, with the nearest known one", (options, message) => {
    expect(() => read(options)).toThrow(TypeError);
    expect(() => read(options)).toThrow(message);
  });

  test.each([3, "mean", true, () => 0, [], [1], new Float32Array(0), new Float32Array(2)])(
    "%p is no object of options",
    (options) => {
      expect(() => read(options)).toThrow(/options of train must be an object, got /);
    },
  );
});
