import { zipSync } from "fflate";
import { expect, test } from "vitest";
import { readFeatures } from "../../src/calibration/features.js";
import { readCalibration } from "../../src/calibration/index.js";
import { readLabels } from "../../src/calibration/labels.js";
import { float16Bytes, float32Bytes } from "../../src/tensors/index.js";
import { layerOf } from "../convert/layers.js";
import { folderOfTest } from "../read/fixtures/folder.js";
import { numbers } from "../read/fixtures/numbers.js";
import { npyOf } from "../read/fixtures/numpy.js";
import { safetensorsOf } from "../read/fixtures/safetensors.js";

const { at, put } = folderOfTest();
const x = numbers(12);

test("features are read from arrays of NumPy in float32 and float16, from convolutional ones, and from safetensors", () => {
  expect(readFeatures(put("a.npy", npyOf(float32Bytes(x), [3, 4])), 4)).toEqual(x);
  expect(readFeatures(put("b.npy", npyOf(float16Bytes(x), [3, 4], { descr: "<f2" })), 4)).toEqual(x);
  expect(readFeatures(put("c.npy", npyOf(float32Bytes(x), [3, 4, 1, 1])), 4)).toEqual(x);
  const tensors = safetensorsOf({ x: { shape: [3, 4], data: float32Bytes(x) }, labels: [3] });
  expect(readFeatures(put("d.safetensors", tensors), 4)).toEqual(x);
  const several = put(
    "e.safetensors",
    safetensorsOf({ x: { shape: [3, 4], data: float32Bytes(x) }, y: [5, 4] }),
  );
  expect(readFeatures(several, 4, "x")).toEqual(x);
  expect(() => readFeatures(several, 4)).toThrow(
    /several arrays that may be the features: x \(3, 4\), y \(5, 4\).*--tensor/,
  );
  expect(() => readFeatures(several, 4, "z")).toThrow(/has no array z/);
  const labels = npyOf(Uint8Array.of(1, 0, 2), [3], { descr: "|u1" });
  const both = put("f.npz", zipSync({ "x.npy": npyOf(float32Bytes(x), [3, 4]), "y.npy": labels }));
  expect(readFeatures(both, 4)).toEqual(x);
  expect(() => readFeatures(both, 4, "y")).toThrow(/f\.npz \(y\.npy\) holds values of kind u1/);
});

test("another width names both and the remedy, and what is no number its row and column", () => {
  const path = put("a.npy", npyOf(float32Bytes(x), [4, 3]));
  expect(() => readFeatures(path, 4)).toThrow(
    /a\.npy has the shape \(4, 3\), rows of 3 numbers.*rows of 4 features.*give what goes into it/,
  );
  expect(() => readFeatures(put("b.npy", npyOf(float32Bytes(x), [12])), 12)).toThrow(/rows of one number/);
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const path = put("c.npy", npyOf(float32Bytes(x.with(2 * 4 + 1, bad)), [3, 4]));
    expect(() => readFeatures(path, 4)).toThrow(new RegExp(`${bad} in row 2, column 1`));
  }
  expect(() => readFeatures(put("d.csv", "1,2"), 2)).toThrow(/no file of features: give a \.npy/);
  expect(() => readFeatures(at("none.npy"), 2)).toThrow(/none\.npy cannot be read: there is no such file/);
  expect(() => readFeatures(put("i.npy", npyOf(new Uint8Array(4), [2, 2], { descr: "|u1" })), 2)).toThrow(
    /astype\("float32"\)/,
  );
});

test("labels are whole numbers of NumPy of any width, numbers a line, or names of classes", () => {
  const of = { rows: 3, classes: 200, classNames: null };
  const arrays: [string, Uint8Array][] = [
    ["|u1", Uint8Array.of(0, 199, 7)],
    ["<i2", Uint8Array.of(0, 0, 199, 0, 7, 0)],
    [">i4", Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 199, 0, 0, 0, 7)],
    ["<i8", new Uint8Array(BigInt64Array.of(0n, 199n, 7n).buffer)],
  ];
  for (const [descr, data] of arrays)
    expect([...readLabels(put("l.npy", npyOf(data, [3], { descr })), of)], descr).toEqual([0, 199, 7]);
  expect([...readLabels(put("l.txt", "0\r\n199\r\n7\r\n"), of)]).toEqual([0, 199, 7]);
  const classNames = ["cat", "dog", "0"];
  expect([...readLabels(put("n.txt", "dog\ncat\n0"), { rows: 3, classes: 3, classNames })]).toEqual([
    1, 0, 2,
  ]);
});

test("labels that are none are refused with their row", () => {
  const of = { rows: 2, classes: 5, classNames: null };
  expect(() => readLabels(put("a.txt", "1\n2\n3"), of)).toThrow(/3 labels, and there are 2 rows/);
  expect(() => readLabels(put("b.txt", "1\n5"), of)).toThrow(
    /row 1 is "5", and the layer has the classes 0 to 4/,
  );
  expect(() => readLabels(put("c.txt", "1\n\n"), of)).toThrow(/row 1 is ""/);
  expect(() => readLabels(put("d.txt", "1.5\n0"), of)).toThrow(/row 0 is "1.5"/);
  const negative = npyOf(Uint8Array.of(0, 255), [2], { descr: "|i1" });
  expect(() => readLabels(put("e.npy", negative), of)).toThrow(/row 1 is -1/);
  const classNames = ["bird", "crane", "lorry", "crane", "4"];
  const named = { ...of, classNames };
  expect([...readLabels(put("g.txt", "lorry\n3"), named)]).toEqual([2, 3]);
  expect(() => readLabels(put("h.txt", "bird\ncrane"), named)).toThrow(
    /h\.txt: the label of row 1 is "crane", the name of the classes 1 and 3: give the number/,
  );
  expect(() => readLabels(put("f.npy", npyOf(float32Bytes(x), [12])), of)).toThrow(
    /kind f4, where labels.*int32/,
  );
});

test("images need a model that makes features of them, and options are for what they say", async () => {
  const layer = layerOf(4, 2, new Float32Array(8), null);
  const path = put("a.npy", npyOf(float32Bytes(x), [3, 4]));
  const rows = await readCalibration(path, layer, null, { labels: put("l.txt", "0\n1\n1") });
  expect(rows).toEqual({ x, labels: Int32Array.of(0, 1, 1) });
  await expect(readCalibration(at("."), layer, null)).rejects.toThrow(
    /folder of images, and made is no ONNX model/,
  );
  await expect(readCalibration(at("none"), layer, null)).rejects.toThrow(/cannot be read/);
  await expect(readCalibration(path, layer, null, { tensor: "x" })).rejects.toThrow(
    /a\.npy is one array, of which --tensor x has nothing to choose/,
  );
  await expect(readCalibration(at("."), layer, null, { tensor: "x" })).rejects.toThrow(
    /is a folder of images, and --tensor x is of a file/,
  );
  const options = { mean: [0.5], std: [1], layout: "nhwc", size: 8 } as const;
  for (const [name, value] of Object.entries(options))
    await expect(readCalibration(path, layer, null, { images: { [name]: value } })).rejects.toThrow(
      /a\.npy has features, and --(mean|std|image-layout|size) (0\.5|1|nhwc|8) is for images: leave it out/,
    );
});
