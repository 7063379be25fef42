import { expect, test } from "vitest";
import type { Dataset, Part } from "../../../src/data/dataset.js";
import { holdOutClasses } from "../../../src/methods/energy/hold-out.js";

/** Row r of a part is r and its label, so that both can be read from it. */
function part(labels: number[]): Part {
  return {
    inputs: {
      rows: labels.length,
      shape: [2],
      bytes: 8 * labels.length,
      gather(rows, out) {
        Array.from(rows).forEach((row, k) => {
          out.set([row, labels[row]], 2 * k);
        });
      },
    },
    labels: Int32Array.from(labels),
  };
}

const data: Dataset = {
  name: "animals",
  classes: ["ant", "bee", "cat", "dog"],
  train: part([3, 0, 1, 2, 1, 3]),
  validation: part([0, 2]),
  test: part([0, 1, 2, 3]),
  hash: "abc",
  notes: [],
};

test("classes that are held out are in no part, the others keep order, rows and names", () => {
  const { data: left, groups } = holdOutClasses(data, [["bee", "ant"]]);
  const [outside] = groups;
  expect(left.classes).toEqual(["cat", "dog"]);
  expect([...left.train.labels]).toEqual([1, 0, 1]);
  const out = new Float32Array(6);
  left.train.inputs.gather([2, 0, 1], out);
  expect([...out]).toEqual([5, 3, 0, 3, 3, 2]);
  expect([...outside.train.labels]).toEqual([-1, -1, -1]);
  outside.train.inputs.gather([0, 1, 2], out);
  expect([...out]).toEqual([1, 0, 2, 1, 4, 1]);
  expect([outside.test.inputs.rows, outside.validation.inputs.rows]).toEqual([2, 1]);
  expect(left.train.inputs.bytes).toBe(24);
});

test("groups are held out together and kept apart", () => {
  const { data: left, groups } = holdOutClasses(data, [["dog"], ["bee"]]);
  expect(left.classes).toEqual(["ant", "cat"]);
  expect(groups.map(({ train }) => train.inputs.rows)).toEqual([2, 2]);
  const out = new Float32Array(4);
  groups[1].train.inputs.gather([0, 1], out);
  expect([...out]).toEqual([2, 1, 4, 1]);
});

test("the hash tells which classes are out of which group, in whatever order they are named", () => {
  const hash = (...groups: string[][]) => holdOutClasses(data, groups).data.hash;
  expect(hash(["bee", "ant"])).toBe(hash(["ant", "bee"]));
  const all = [hash(["bee"]), hash(["ant"]), hash(["ant", "bee"]), hash(["ant"], ["bee"]), data.hash];
  expect(new Set(all).size).toBe(5);
});

test("what cannot be held out is told with its reason", () => {
  expect(() => holdOutClasses(data, [["cow"]])).toThrow(
    /animals has no class "cow" to hold out; its classes are ant, bee, cat, dog/,
  );
  expect(() => holdOutClasses(data, [["ant", "bee", "cat"]])).toThrow(
    /without ant, bee, cat one class of animals is left/,
  );
  expect(() => holdOutClasses(data, [[], []])).toThrow(/no class is named/);
  const many = { ...data, classes: Array.from({ length: 50 }, (_, c) => `c${c}`) };
  expect(() => holdOutClasses(many, [["x"]])).toThrow(/c11 and 38 more/);
  expect(() => holdOutClasses({ ...data, test: part([0, 2]) }, [["dog"]])).toThrow(
    /test part of animals has no row of dog/,
  );
  expect(() => holdOutClasses({ ...data, train: part([0, 2, 1]) }, [["dog"]])).toThrow(
    /training part of animals has no row/,
  );
});
