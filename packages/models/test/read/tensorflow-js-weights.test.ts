import { describe, expect, test } from "vitest";
import { Problem } from "../../src/problem.js";
import { readLastLayer } from "../../src/read/index.js";
import { folderOfTest } from "./fixtures/folder.js";
import { dense, sequential } from "./fixtures/keras.js";
import { bytesOf, numbers, turned } from "./fixtures/numbers.js";
import { putModel, type WeightForms } from "./fixtures/tensorflow-js.js";

const folder = folderOfTest();

const put = (topology: unknown, weights: WeightForms, change: object = {}) =>
  putModel(folder, topology, weights, change);
const plain = (config: object = {}) => dense({ activation: "linear", ...config });
const WEIGHTS = { "last/kernel": [4, 3], "last/bias": [3] };

describe("weights", () => {
  test("have names with those of models around them, and of other models before", async () => {
    const path = put(
      { keras_version: "2.4.0", model_config: sequential(plain()) },
      { "first/kernel": [2, 2], "outer/last/kernel": [4, 3], "outer/last/bias": [3] },
    );
    expect(await readLastLayer(path)).toMatchObject({ weights: turned(numbers(12), 4, 3), bias: numbers(3) });
  });

  test.each([
    ["uint8", Uint8Array.from({ length: 12 }, (_, i) => 20 * i), 0.5, -3],
    ["uint16", Uint16Array.from({ length: 12 }, (_, i) => 5000 * i), 2 ** -12, -7],
  ])("of %s are made floats of by scale and min", async (dtype, q, scale, min) => {
    const kernel = {
      shape: [4, 3],
      quantization: { dtype, scale, min, original_dtype: "float32" },
      data: bytesOf(q),
    };
    const layer = await readLastLayer(
      put(sequential(plain()), {
        first: { shape: [3], quantization: { dtype, scale, min }, data: bytesOf(q.slice(0, 3)) },
        "last/kernel": kernel,
        "last/bias": [3],
      }),
    );
    expect(layer.weights).toEqual(
      turned(
        Float32Array.from(q, (value) => value * scale + min),
        4,
        3,
      ),
    );
    expect(layer.bias).toEqual(numbers(3));
    expect(layer.origin.format).toBe(`TensorFlow.js layers model, weights as ${dtype}`);
  });

  test("of float16 are numbers", async () => {
    const data = bytesOf(new Uint16Array(12).fill(0x3c00));
    const layer = await readLastLayer(
      put(sequential(plain({ use_bias: false })), {
        "last/kernel": { shape: [4, 3], quantization: { dtype: "float16" }, data },
      }),
    );
    expect(layer).toMatchObject({
      weights: new Float32Array(12).fill(1),
      bias: null,
      origin: { storedType: "float16" },
    });
  });

  const path =
    (weights: WeightForms, change: object = {}) =>
    () =>
      put(sequential(plain()), weights, change);
  test.each([
    ["none", path(WEIGHTS, { weightsManifest: undefined }), /has no weightsManifest/],
    ["none of the last layer", path({ other: [3] }), /has no weight last\/kernel/],
    [
      "two of the name",
      path({ "a/last/kernel": [4, 3], "b/last/kernel": [4, 3] }),
      /has 2 weights last\/kernel/,
    ],
    [
      "one name twice",
      path(WEIGHTS, {
        weightsManifest: [
          {
            paths: [],
            weights: [
              { name: "a", shape: [], dtype: "float32" },
              { name: "a", shape: [], dtype: "float32" },
            ],
          },
        ],
      }),
      /the weight a twice/,
    ],
    [
      "a path out of the folder",
      path(WEIGHTS, { weightsManifest: [{ paths: ["../x.bin"], weights: [] }] }),
      /not in its folder/,
    ],
    [
      "no shard",
      path(WEIGHTS, {
        weightsManifest: [
          { paths: ["none.bin"], weights: [{ name: "last/kernel", shape: [4, 3], dtype: "float32" }] },
        ],
      }),
      /none\.bin cannot be read: there is no such file/,
    ],
    [
      "a shard that is cut off",
      path({ "last/kernel": { shape: [4, 3], data: new Uint8Array(40) } }),
      /is cut off: it ends at byte 40, and goes on to 48/,
    ],
    ["integers", path({ "last/kernel": { shape: [4, 3], dtype: "int32" } }), /last\/kernel is int32/],
    [
      "strings before it",
      path({ words: { shape: [1], dtype: "string", data: new Uint8Array(7) }, ...WEIGHTS }),
      /stands behind strings/,
    ],
    ["a dtype that there is not", path({ a: { shape: [1], dtype: "float33" } }), /the dtype "float33"/],
    [
      "another quantisation",
      path({ a: { shape: [1], quantization: { dtype: "int4" } } }),
      /quantised as "int4"; uint8, uint16 and float16/,
    ],
    [
      "no shape",
      path({}, { weightsManifest: [{ paths: [], weights: [{ name: "a", dtype: "float32", shape: [-1] }] }] }),
      /a has no shape/,
    ],
    [
      "a bias of others",
      path({ "last/kernel": [4, 3], "last/bias": [4] }),
      /last\/bias has the shape \[4\], last\/kernel has 3 classes/,
    ],
    [
      "a kernel of three axes",
      path({ "last/kernel": [1, 4, 3] }),
      /last\/kernel has the shape \[1, 4, 3\], which is none of a Dense/,
    ],
    [
      "giant dims",
      path({ "last/kernel": { shape: [2 ** 30, 2 ** 30], data: new Uint8Array(8) } }),
      /features and 1073741824 classes; a head has at most/,
    ],
  ] as [string, () => string, RegExp][])("are refused: %s", async (_, make, message) => {
    const read = readLastLayer(make());
    await expect(read).rejects.toThrow(message);
    await expect(read).rejects.toBeInstanceOf(Problem);
  });
});
