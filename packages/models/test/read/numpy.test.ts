import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { Problem } from "../../src/problem.js";
import { readLastLayer } from "../../src/read/index.js";
import { folderOfTest } from "./fixtures/folder.js";
import { bytesOf, numbers, turned } from "./fixtures/numbers.js";
import { type NpyForm, npyOf } from "./fixtures/numpy.js";

const folder = folderOfTest();

const put = (name: string, shape: readonly number[], form?: NpyForm) =>
  folder.put(name, npyOf(bytesOf(numbers(shape.reduce((product, size) => product * size, 1))), shape, form));

test("the bias says which side of the matrix has the classes", async () => {
  const bias = put("bias.npy", [3]);
  const rows = await readLastLayer(put("rows.npy", [3, 4]), { bias });
  expect(rows).toMatchObject({ classes: 3, features: 4, weights: numbers(12), bias: numbers(3) });
  expect(rows.origin).toMatchObject({ format: "NumPy array", bias, storedType: "float32" });
  const columns = await readLastLayer(put("columns.npy", [4, 3]), { bias });
  expect(columns).toMatchObject({ classes: 3, features: 4, weights: turned(numbers(12), 4, 3) });
});

test("where it does not, an option does", async () => {
  const path = put("weights.npy", [3, 4]);
  await expect(readLastLayer(path)).rejects.toThrow(
    /nothing says whether its rows are classes; give the bias, or layout/,
  );
  expect(await readLastLayer(path, { layout: "classes-first" })).toMatchObject({ classes: 3, bias: null });
  expect(await readLastLayer(path, { layout: "features-first" })).toMatchObject({ classes: 4, features: 3 });
  const bias = put("bias.npy", [3]);
  const square = put("square.npy", [3, 3]);
  await expect(readLastLayer(square, { bias })).rejects.toThrow(/nothing says/);
  expect((await readLastLayer(square, { bias, layout: "features-first" })).weights).toEqual(
    turned(numbers(9), 3, 3),
  );
  await expect(readLastLayer(path, { bias, layout: "features-first" })).rejects.toThrow(
    /by layout it is not/,
  );
});

describe("an array", () => {
  const values = numbers(6);
  const swapped = bytesOf(values.slice()).slice();
  for (let at = 0; at < swapped.length; at += 4) swapped.subarray(at, at + 4).reverse();
  test.each([
    ["float64", bytesOf(Float64Array.from(values)), { descr: "<f8" }],
    ["big-endian", swapped, { descr: ">f4" }],
    ["by columns", bytesOf(turned(values, 2, 3)), { fortran: true }],
    ["of the second version", bytesOf(values), { version: 2 }],
    ["of the third version", bytesOf(values), { version: 3 }],
  ] as [string, Uint8Array, NpyForm][])("%s", async (_, data, form) => {
    const path = folder.put("weights.npy", npyOf(data, [2, 3], form));
    expect((await readLastLayer(path, { layout: "classes-first" })).weights).toEqual(values);
  });
});

describe("refused:", () => {
  const good = npyOf(bytesOf(numbers(6)), [2, 3]);
  test.each([
    ["no array", Buffer.from("weights, as text"), /is no array of NumPy.*numpy\.save/],
    ["nothing", Buffer.alloc(0), /is no array of NumPy/],
    ["cut off in the header", good.subarray(0, 40), /is cut off/],
    [
      "cut off in the values",
      good.subarray(0, -1),
      /has 23 bytes of values where its shape \(2, 3\) needs 24/,
    ],
    ["integers", npyOf(new Uint8Array(24), [2, 3], { descr: "<i4" }), /values of kind i4.*astype/],
    ["objects", npyOf(new Uint8Array(24), [2, 3], { descr: "|O" }), /values of kind O/],
    ["three axes", npyOf(new Uint8Array(24), [1, 2, 3]), /has 3 axes/],
    ["one axis", npyOf(new Uint8Array(24), [6]), /has the shape \(6\); weights are a matrix/],
    ["giant dims", npyOf(new Uint8Array(24), [2 ** 31, 2 ** 31]), /needs 18446744073709552000/],
    [
      "a giant header",
      Buffer.concat([good.subarray(0, 6), Buffer.from([2, 0, 0, 0, 0, 255])]),
      /has a header of 4278190080 bytes/,
    ],
    [
      "values that are not finite",
      npyOf(bytesOf(new Float32Array(6).fill(Infinity)), [2, 3]),
      /\[0, 0\] is Infinity/,
    ],
  ] as [string, Uint8Array, RegExp][])("%s", async (_, bytes, message) => {
    const path = folder.put("weights.npy", bytes);
    const read = readLastLayer(path, { layout: "classes-first" });
    await expect(read).rejects.toThrow(message);
    await expect(read).rejects.toBeInstanceOf(Problem);
  });

  test("a bias that is not of the layer", async () => {
    const path = put("weights.npy", [3, 4]);
    await expect(readLastLayer(path, { bias: put("five.npy", [5]) })).rejects.toThrow(
      /has 5 numbers, and .* neither/,
    );
    await expect(readLastLayer(path, { bias: put("matrix.npy", [3, 4]) })).rejects.toThrow(
      /a bias is one row/,
    );
    expect(await readLastLayer(path, { bias: put("column.npy", [3, 1]) })).toMatchObject({ classes: 3 });
    await expect(readLastLayer(path, { weights: "a" })).rejects.toThrow(/holds one array/);
  });
});

describe("an archive", () => {
  const of = (shapes: Record<string, readonly number[]>, level: 0 | 6 = 0) =>
    folder.put(
      "layer.npz",
      zipSync(
        Object.fromEntries(
          Object.entries(shapes).map(([name, shape]) => [
            `${name}.npy`,
            npyOf(bytesOf(numbers(shape.reduce((product, size) => product * size, 1))), shape),
          ]),
        ),
        { level },
      ),
    );

  test.each([0, 6] as const)("has the weights and the bias by their shapes, at level %i", async (level) => {
    const layer = await readLastLayer(of({ coef_: [3, 4], intercept_: [3], classes_: [9] }, level));
    expect(layer).toMatchObject({ classes: 3, weights: numbers(12), bias: numbers(3) });
    expect(layer.origin).toMatchObject({ weights: "coef_", bias: "intercept_" });
  });

  test("may have whole numbers and texts beside them, which are no floats", async () => {
    const files = {
      "coef_.npy": npyOf(bytesOf(numbers(12)), [3, 4]),
      "intercept_.npy": npyOf(bytesOf(numbers(3)), [3]),
      "classes_.npy": npyOf(new Uint8Array(24), [3], { descr: "<i8" }),
      "names.npy": npyOf(new Uint8Array(24), [3], { descr: "<U2" }),
    };
    const path = folder.put("layer.npz", zipSync(files));
    expect((await readLastLayer(path)).origin).toMatchObject({ weights: "coef_", bias: "intercept_" });
    await expect(readLastLayer(path, { bias: "classes_" })).rejects.toThrow(/holds values of kind i8/);
  });

  test("of several layers needs their names", async () => {
    const path = of({ w1: [5, 6], b1: [5], w2: [3, 5], b2: [3] });
    await expect(readLastLayer(path)).rejects.toThrow(
      /several arrays that can be the weights: w1 \(5, 6\), b1 \(5\)/,
    );
    expect(await readLastLayer(path, { weights: "w2", bias: "b2" })).toMatchObject({
      classes: 3,
      bias: numbers(3),
    });
    await expect(readLastLayer(path, { weights: "w2" })).rejects.toThrow(
      /several arrays that can be the bias/,
    );
    await expect(readLastLayer(path, { weights: "w3" })).rejects.toThrow(/has no array w3/);
    await expect(readLastLayer(of({}))).rejects.toThrow(/no array that can be the weights: it is empty/);
  });

  test("that is cut off, or made to fill the memory, is refused", async () => {
    await expect(readLastLayer(folder.put("a.npz", "PK?"))).rejects.toThrow(/cannot be unpacked/);
    const bomb = zipSync({ "w.npy": new Uint8Array(2 ** 22) });
    await expect(readLastLayer(folder.put("b.npz", bomb))).rejects.toThrow(
      /w\.npy would grow from \d+ to 4194304 bytes/,
    );
  });
});
