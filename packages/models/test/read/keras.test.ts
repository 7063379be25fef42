import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { Problem } from "../../src/problem.js";
import { readLastLayer } from "../../src/read/index.js";
import { folderOfTest } from "./fixtures/folder.js";
import { hdf5Of } from "./fixtures/hdf5.js";
import { dense, namedWeights, numberedWeights, sequential } from "./fixtures/keras.js";
import { numbers, turned } from "./fixtures/numbers.js";

const folder = folderOfTest();

const input = { class_name: "InputLayer", config: { name: "input" } };
const HEAD = { classes: 3, features: 4, weights: turned(numbers(12), 4, 3), bias: numbers(3) };

const archive = (config: unknown, weights: Uint8Array, level: 0 | 6 = 0) =>
  folder.put(
    "model.keras",
    zipSync(
      {
        "metadata.json": Buffer.from('{"keras_version":"3.4.1"}'),
        "config.json": Buffer.from(JSON.stringify(config)),
        "model.weights.h5": weights,
      },
      { level },
    ),
  );

describe("a .keras archive", () => {
  test.each([0, 6] as const)("has its last layer by the configuration, at level %i", async (level) => {
    const config = sequential(input, dense({ units: 8 }, "first"), dense({ units: 3 }));
    const weights = await numberedWeights({ "layers/dense": [[6, 8], [8]], "layers/dense_1": [[4, 3], [3]] });
    const path = archive(config, weights, level);
    const layer = await readLastLayer(path);
    expect(layer).toMatchObject(HEAD);
    expect(layer.origin).toEqual({
      file: path,
      format: "Keras model",
      weights: "layers/dense_1/vars/0",
      bias: "layers/dense_1/vars/1",
      storedType: "float32",
    });
  });

  test("unpacked is as good", async () => {
    folder.put("config.json", sequential(dense()));
    folder.put("model.weights.h5", await numberedWeights({ "layers/dense": [[4, 3], [3]] }));
    expect(await readLastLayer(folder.at())).toMatchObject(HEAD);
  });

  test("of Keras 2, and with models in it, has other groups", async () => {
    const inner = {
      class_name: "Functional",
      config: {
        name: "backbone",
        layers: [
          input,
          dense({ activation: "relu" }, "a"),
          { name: "last", ...dense(), inbound_nodes: [[["a", 0, 0, {}]]] },
        ],
        output_layers: [["last", 0, 0]],
      },
    };
    const weights = await numberedWeights({
      "_layer_checkpoint_dependencies/dense": [[6, 6], [6]],
      "_layer_checkpoint_dependencies/functional/layers/dense": [[6, 4], [4]],
      "_layer_checkpoint_dependencies/functional/layers/dense_1": [[4, 3], [3]],
    });
    expect(await readLastLayer(archive(sequential(dense({}, "first"), inner), weights))).toMatchObject(HEAD);
  });

  test("can end in a convolution of one pixel, without a bias", async () => {
    const convolution = {
      class_name: "Conv2D",
      config: {
        name: "last",
        activation: "linear",
        kernel_size: [1, 1],
        strides: [1, 1],
        use_bias: false,
        filters: 3,
      },
    };
    const weights = await numberedWeights({ "layers/conv2d": [[1, 1, 4, 3]] });
    const path = archive(
      sequential(convolution, { class_name: "GlobalAveragePooling2D", config: { name: "mean" } }),
      weights,
    );
    expect(await readLastLayer(path)).toMatchObject({ ...HEAD, bias: null });
  });

  test.each([
    ["without its weights", { "config.json": Buffer.from("{}") }, /has no model\.weights\.h5/],
    ["without its configuration", { "model.weights.h5": Buffer.from("x") }, /has no config\.json/],
    [
      "whose weights are no HDF5",
      {
        "config.json": Buffer.from(JSON.stringify(sequential(dense()))),
        "model.weights.h5": Buffer.from("x"),
      },
      /\(model\.weights\.h5\) cannot be read as HDF5/,
    ],
  ])("%s is refused", async (_, files, message) => {
    await expect(readLastLayer(folder.put("model.keras", zipSync(files)))).rejects.toThrow(message);
  });

  test("whose groups and configuration differ is refused", async () => {
    const weights = await numberedWeights({ "layers/dense": [[4, 3], [3]] });
    await expect(readLastLayer(archive(sequential(dense({ units: 5 })), weights))).rejects.toThrow(
      /has 3 classes, by its configuration the layer "last" has 5/,
    );
    await expect(readLastLayer(archive(sequential(dense({}, "a"), dense()), weights))).rejects.toThrow(
      /has no weights of the layer "last", which is the last by its configuration/,
    );
  });
});

describe("a model as .h5", () => {
  test("has its weights by name", async () => {
    const weights = {
      first: { "first/kernel:0": [6, 8], "first/bias:0": [8] },
      dropout: {},
      last: { "last/kernel:0": [4, 3], "last/bias:0": [3] },
    };
    const path = folder.put("model.h5", await namedWeights(weights, sequential(dense({}, "first"), dense())));
    const layer = await readLastLayer(path);
    expect(layer).toMatchObject(HEAD);
    expect(layer.origin).toMatchObject({
      format: "Keras model",
      weights: "model_weights/last/last/kernel:0",
    });
  });

  test("with a model in it, or of Keras 3, too", async () => {
    const nested = sequential({ class_name: "Sequential", config: { name: "top", layers: [dense()] } });
    const path = folder.put(
      "model.hdf5",
      await namedWeights({ top: { "top/last/kernel": [4, 3], "top/last/bias": [3] } }, nested),
    );
    expect(await readLastLayer(path)).toMatchObject(HEAD);
  });

  test("is known by its first bytes", async () => {
    const path = folder.put(
      "model",
      await namedWeights({ last: { "last/kernel:0": [4, 3], "last/bias:0": [3] } }, sequential(dense())),
    );
    expect(await readLastLayer(path)).toMatchObject(HEAD);
  });
});

describe("weights without a configuration", () => {
  test("of Keras 3 are chosen by their shapes, or by name", async () => {
    const groups = {
      "layers/conv2d": [[3, 3, 3, 6], [6]],
      "layers/dense": [[6, 8], [8]],
      "layers/dense_1": [[8, 4], [4]],
      "layers/dense_10": [[4, 3], [3]],
    };
    const path = folder.put("a.weights.h5", await numberedWeights(groups));
    const layer = await readLastLayer(path);
    expect(layer).toMatchObject(HEAD);
    expect(layer.origin).toMatchObject({ format: "Keras weights", weights: "layers/dense_10/vars/0" });
    const weights = "layers/dense/vars/0";
    expect((await readLastLayer(path, { weights })).origin.weights).toBe(weights);
  });

  test("of Keras 2 are in order", async () => {
    const path = folder.put(
      "a.h5",
      await namedWeights({
        a: { "a/kernel:0": [4, 4], "a/bias:0": [4] },
        b: { "b/kernel:0": [4, 3], "b/bias:0": [3] },
        softmax: {},
      }),
    );
    expect(await readLastLayer(path)).toMatchObject(HEAD);
  });

  test("that end in something else are refused", async () => {
    const lstm = await namedWeights({ a: { "a/lstm/kernel:0": [4, 4, 2], "a/lstm/bias:0": [4] } });
    await expect(readLastLayer(folder.put("a.h5", lstm))).rejects.toThrow(/has no last layer/);
    const norm = await namedWeights({ a: { "a/kernel:0": [4, 3] }, b: { "b/gamma:0": [4] } });
    await expect(readLastLayer(folder.put("b.h5", norm))).rejects.toThrow(/has no last layer/);
    const none = await hdf5Of({ datasets: { x: { shape: [1], data: Float32Array.of(1) } } });
    await expect(readLastLayer(folder.put("c.h5", none))).rejects.toThrow(/has no last layer/);
  });
});

describe("types", () => {
  const put = async (kernel: Parameters<typeof numberedWeights>[0][string][number]) =>
    archive(sequential(dense({ use_bias: false })), await numberedWeights({ "layers/dense": [kernel] }));
  const shape = [4, 3];

  test("float64, and what is packed", async () => {
    expect(await readLastLayer(await put({ shape, data: Float64Array.from(numbers(12)) }))).toMatchObject({
      weights: HEAD.weights,
      origin: { storedType: "float64" },
    });
    expect(await readLastLayer(await put({ shape, data: numbers(12), compressed: true }))).toMatchObject({
      weights: HEAD.weights,
    });
  });

  test("bfloat16, which Keras writes as integers", async () => {
    const data = Int16Array.from(
      numbers(12),
      (value) => new Int32Array(Float32Array.of(value).buffer)[0] >> 16,
    );
    expect(await readLastLayer(await put({ shape, data, attributes: { dtype: "bfloat16" } }))).toMatchObject({
      weights: HEAD.weights,
      origin: { storedType: "bfloat16" },
    });
    await expect(readLastLayer(await put({ shape, data }))).rejects.toThrow(
      /holds no floating-point numbers; is the model quantised/,
    );
  });

  test("numbers that are not finite are refused with their place", async () => {
    const data = numbers(12).fill(Number.NaN, 5, 6);
    await expect(readLastLayer(await put({ shape, data }))).rejects.toThrow(/vars\/0\[1, 2\] is NaN/);
  });

  test("packed zeros that would fill the memory are refused", async () => {
    const zeros = { shape: [2048, 1024], data: new Float32Array(2 ** 21), compressed: true };
    await expect(readLastLayer(await put(zeros))).rejects.toThrow(/would grow to 8388608 bytes/);
  });
});

test.each([
  ["nothing", 0],
  ["the first bytes", 16],
  ["half of it", 3000],
])("of a file that is cut off to %s, the error says so", async (_, length) => {
  const whole = await namedWeights(
    { last: { "last/kernel:0": [4, 3], "last/bias:0": [3] } },
    sequential(dense()),
  );
  const read = readLastLayer(folder.put("model.h5", whole.subarray(0, length)));
  await expect(read).rejects.toThrow(/model\.h5 cannot be read as HDF5/);
  await expect(read).rejects.toBeInstanceOf(Problem);
});
