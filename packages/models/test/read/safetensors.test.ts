import { closeSync, openSync, writeSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Problem } from "../../src/problem.js";
import { readLastLayer } from "../../src/read/index.js";
import { folderOfTest } from "./fixtures/folder.js";
import { bytesOf, numbers } from "./fixtures/numbers.js";
import { fileOf, linear, type StateDict, safetensorsOf } from "./fixtures/safetensors.js";

const folder = folderOfTest();

const read = (dict: StateDict, options = {}) =>
  readLastLayer(folder.put("model.safetensors", safetensorsOf(dict)), options);

test("the rows of a matrix and the bias beside it, with where they are from", async () => {
  const path = folder.put(
    "model.safetensors",
    safetensorsOf({ "conv1.weight": [4, 3, 7, 7], "bn1.bias": [4], ...linear("fc", 3, 4) }),
  );
  expect(await readLastLayer(path)).toEqual({
    features: 4,
    classes: 3,
    weights: numbers(12),
    bias: numbers(3),
    origin: {
      file: path,
      format: "safetensors",
      weights: "fc.weight",
      bias: "fc.bias",
      storedType: "float32",
    },
    hadamard: null,
    classNames: null,
  });
});

describe("types", () => {
  const values = numbers(6);
  const halves = Uint16Array.from(
    [0x3000, 0x3400, 0x3600, 0x3800, 0x3900, 0x3a00].map((bits, i) => bits | (i % 2 === 0 ? 0x8000 : 0)),
  );
  const brains = Uint16Array.from(
    values,
    (value) => new Uint32Array(Float32Array.of(value).buffer)[0] >>> 16,
  );
  test.each([
    ["F64", "float64", bytesOf(Float64Array.from(values))],
    ["F16", "float16", bytesOf(halves)],
    ["BF16", "bfloat16", bytesOf(brains)],
  ])("%s", async (dtype, storedType, data) => {
    const layer = await read({ "fc.weight": { dtype, shape: [2, 3], data }, "fc.bias": [2] });
    expect(layer.weights).toEqual(values);
    expect(layer.origin.storedType).toBe(storedType);
  });

  test("quantised weights are refused", async () => {
    const data = new Uint8Array(6);
    await expect(read({ "fc.weight": { dtype: "I8", shape: [2, 3], data }, "fc.bias": [2] })).rejects.toThrow(
      /fc\.weight is I8, quantised; take the model in F32/,
    );
  });
});

describe("several files", () => {
  const index = (map: Record<string, unknown>) =>
    folder.put("model.safetensors.index.json", { metadata: { total_size: 1 }, weight_map: map });
  const body = "model-00001-of-00002.safetensors";
  const head = "model-00002-of-00002.safetensors";

  test("are read by their index, or by the folder", async () => {
    folder.put(body, safetensorsOf(linear("layers.0.mlp", 8, 4)));
    folder.put(head, safetensorsOf(linear("score", 3, 4)));
    const path = index({
      "layers.0.mlp.weight": body,
      "layers.0.mlp.bias": body,
      "score.weight": head,
      "score.bias": head,
    });
    for (const place of [path, folder.at()])
      expect(await readLastLayer(place)).toMatchObject({
        classes: 3,
        origin: { weights: "score.weight", file: path },
      });
  });

  test.each([
    ["../other.safetensors", /not in its folder/],
    ["/etc/passwd", /not in its folder/],
    ["c:\\other", /not in its folder/],
    ["none.safetensors", /none\.safetensors cannot be read: there is no such file/],
    [7, /names the file 7/],
  ])("with the file %j are refused", async (file, message) => {
    await expect(readLastLayer(index({ "score.weight": file }))).rejects.toThrow(message);
  });

  test("that have not what the index says are refused", async () => {
    folder.put(head, safetensorsOf(linear("score", 3, 4)));
    await expect(readLastLayer(index({ "fc.weight": head }))).rejects.toThrow(
      /has the tensor fc\.weight, which it has not/,
    );
    await expect(readLastLayer(folder.put("a.safetensors.index.json", {}))).rejects.toThrow(/no weight_map/);
  });
});

describe("values", () => {
  test("that are not finite are refused with their place", async () => {
    const data = numbers(12);
    data[7] = Number.NaN;
    await expect(
      read({ "fc.weight": { shape: [3, 4], data: bytesOf(data) }, "fc.bias": [3] }),
    ).rejects.toThrow(/fc\.weight\[1, 3\] is NaN/);
    const bias = Float32Array.of(0, Infinity, 0);
    await expect(
      read({ "fc.weight": [3, 4], "fc.bias": { shape: [3], data: bytesOf(bias) } }),
    ).rejects.toThrow(/fc\.bias\[1\] is Infinity/);
    const masked = Float32Array.of(0, Number.NEGATIVE_INFINITY, 0);
    const layer = await read({ "fc.weight": [3, 4], "fc.bias": { shape: [3], data: bytesOf(masked) } });
    expect(layer.bias).toEqual(masked);
  });

  test("of other tensors are not read", async () => {
    const nan = bytesOf(new Float32Array(4).fill(Number.NaN));
    expect(await read({ "bn.running_var": { shape: [4], data: nan }, ...linear("fc", 3, 4) })).toMatchObject({
      classes: 3,
    });
  });
});

describe("a damaged file is refused:", () => {
  const entry = (change: object) =>
    fileOf(
      JSON.stringify({ a: { dtype: "F32", shape: [2], data_offsets: [0, 8], ...change } }),
      new Uint8Array(8),
    );
  const two = (one: [number, number], other: [number, number]) =>
    fileOf(
      JSON.stringify({
        a: { dtype: "U8", shape: [one[1] - one[0]], data_offsets: one },
        b: { dtype: "U8", shape: [other[1] - other[0]], data_offsets: other },
      }),
      new Uint8Array(8),
    );
  test.each([
    ["cut off in the length", Uint8Array.of(1, 2, 3), /has 3 bytes/],
    ["cut off in the header", safetensorsOf(linear("fc", 3, 4)).subarray(0, 60), /header should have/],
    [
      "cut off in the data",
      safetensorsOf(linear("fc", 3, 4)).subarray(0, -4),
      /it is cut off: 4 bytes are missing/,
    ],
    [
      "a length of 2^63",
      Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 128, 1),
      /header should have 9223372036854775808/,
    ],
    [
      "another format",
      Buffer.concat([Buffer.from([8, 0, 0, 0, 0, 0, 0, 0]), Buffer.alloc(8, "x")]),
      /does not begin with \{/,
    ],
    ["no JSON", fileOf('{"a":', new Uint8Array()), /is no JSON/],
    ["no UTF-8", fileOf('{"\xff', new Uint8Array()).with(9, 255), /not valid UTF-8/],
    [
      "a name twice",
      fileOf('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\\u0061":{}}', new Uint8Array()),
      /key "a" twice/,
    ],
    ["depth", fileOf(`{"a":${"[".repeat(300)}${"]".repeat(300)}}`, new Uint8Array()), /more than 256 deep/],
    ["no entry", fileOf('{"a":1}', new Uint8Array()), /tensor "a" has no entry/],
    ["a dtype that there is not", entry({ dtype: "F33" }), /has the dtype "F33"/],
    ["a negative size", entry({ shape: [-2] }), /shape of tensor "a" is no array of sizes/],
    ["giant dims", entry({ shape: [2 ** 40, 2 ** 40] }), /its dtype and shape need/],
    ["offsets the wrong way", entry({ data_offsets: [8, 0] }), /no begin and end/],
    ["a shape of another size", entry({ shape: [3] }), /has 8 bytes, its dtype and shape need 12/],
    ["an overlap", two([0, 5], [3, 8]), /tensor "b" overlaps/],
    ["a gap", two([0, 3], [4, 8]), /tensor "b" leaves bytes/],
    ["bytes behind the end", two([0, 3], [3, 7]), /1 bytes at its end belong to no tensor/],
    ["metadata of numbers", fileOf('{"__metadata__":{"a":1}}', new Uint8Array()), /no string for "a"/],
  ] as [string, Uint8Array, RegExp][])("%s", async (_, bytes, message) => {
    const path = folder.put("model.safetensors", bytes);
    await expect(readLastLayer(path)).rejects.toThrow(message);
    await expect(readLastLayer(path)).rejects.toThrow(path);
    await expect(readLastLayer(path)).rejects.toBeInstanceOf(Problem);
  });

  test("too many features for a head", async () => {
    await expect(read({ weight: [1, 65_537] })).rejects.toThrow(
      /has 65537 features and 1 classes; a head has at most 65536/,
    );
  });
});

test("a file of 20 GB costs its header and its last layer", async () => {
  const big = 20 * 2 ** 30;
  const fc = bytesOf(numbers(15));
  const header = JSON.stringify({
    "layers.0.weight": { dtype: "F32", shape: [2 ** 20, 5120], data_offsets: [0, big] },
    "fc.weight": { dtype: "F32", shape: [3, 4], data_offsets: [big, big + 48] },
    "fc.bias": { dtype: "F32", shape: [3], data_offsets: [big + 48, big + 60] },
  });
  const start = fileOf(header, new Uint8Array());
  const path = folder.put("model.safetensors", start);
  // The rest is a hole, which takes no room on the disc.
  const file = openSync(path, "r+");
  writeSync(file, fc, 0, fc.length, start.length + big);
  closeSync(file);
  expect(await readLastLayer(path)).toMatchObject({
    classes: 3,
    weights: numbers(12),
    bias: numbers(15).subarray(12),
  });
});

test("a head is no model to take a head from", async () => {
  const path = folder.put(
    "head.safetensors",
    safetensorsOf({ scale: [1] }, { format: "fixed-classifier", code: "hadamard" }),
  );
  await expect(readLastLayer(path)).rejects.toThrow(
    /is a head already, of the code hadamard.*fromSafetensors/,
  );
});
