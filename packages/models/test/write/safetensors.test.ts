import { existsSync, readdirSync, readFileSync } from "node:fs";
import { FixedClassifier } from "fixed-classifier";
import { describe, expect, test } from "vitest";
import { openBytes } from "../../src/containers/bytes.js";
import { readSafetensorsHeader, safetensorsPieces } from "../../src/containers/safetensors.js";
import { Problem } from "../../src/problem.js";
import { readLastLayer } from "../../src/read/index.js";
import { writeSafetensors } from "../../src/write/index.js";
import { folderOfTest } from "../read/fixtures/folder.js";
import { safetensorsOf } from "../read/fixtures/safetensors.js";
import { CASES, headOf, rowsOf } from "./heads.js";

const folder = folderOfTest();

const json = (...names: readonly string[]) => JSON.parse(readFileSync(folder.at(...names), "utf8"));
const module = (idx: number, path: string, type: string, more: object = {}) => ({
  idx,
  name: String(idx),
  path,
  type: `sentence_transformers.models.${type}`,
  ...more,
});
const HEAD = "fixed_classifier_head.FixedClassifierHead";

test.each(Object.keys(CASES))("the file of a head is the head: %s", (name) => {
  const head = headOf(name);
  const place = writeSafetensors(head, folder.at("model"));
  expect(place).toBe(folder.at("model", "0_FixedClassifierHead"));
  const again = FixedClassifier.fromSafetensors(readFileSync(`${place}/model.safetensors`));
  const x = rowsOf(head.features);
  expect(again.forward(x)).toEqual(head.forward(x));
  expect(readdirSync(folder.at("model")).sort()).toEqual([
    "0_FixedClassifierHead",
    "fixed_classifier_head.py",
    "modules.json",
  ]);
  expect(readdirSync(place).sort()).toEqual(["config.json", "model.safetensors"]);
});

test("the configuration says what the head takes and gives", () => {
  writeSafetensors(headOf("simplex"), folder.at(), {
    classNames: Array.from({ length: 15 }, (_, i) => `class ${i}`),
  });
  const { id2label, ...config } = json("0_FixedClassifierHead", "config.json");
  expect(config).toEqual({ in_features: 19, out_features: 15, bias: true, code: "simplex" });
  expect(id2label).toMatchObject({ 0: "class 0", 14: "class 14" });
  expect(() => writeSafetensors(headOf("simplex"), folder.at(), { classNames: ["one"] })).toThrow(
    /1 names of classes .* the 15 classes/,
  );
});

describe("in a folder of modules", () => {
  const transformer = module(0, "", "Transformer", { kwargs: ["task"] });

  test("the head comes behind the last one", () => {
    folder.put("modules.json", [transformer, module(1, "1_Pooling", "Pooling")]);
    folder.put("1_Pooling/config.json", { word_embedding_dimension: 64 });
    writeSafetensors(headOf("product"), folder.at());
    expect(json("modules.json")).toEqual([
      transformer,
      module(1, "1_Pooling", "Pooling"),
      { idx: 2, name: "2", path: "2_FixedClassifierHead", type: HEAD },
    ]);
  });

  test("a dense layer of its size gives it its place", () => {
    folder.put("modules.json", [transformer, module(1, "1_Dense", "Dense")]);
    folder.put("1_Dense/config.json", { in_features: 64, out_features: 30 });
    writeSafetensors(headOf("product"), folder.at());
    expect(json("modules.json")).toEqual([
      transformer,
      { idx: 1, name: "1", path: "1_FixedClassifierHead", type: HEAD },
    ]);
    expect(existsSync(folder.at("1_Dense", "config.json"))).toBe(true);
  });

  test.each([
    [
      "of other features",
      { word_embedding_dimension: 384 },
      /gives 384 features, the head takes 64. Make a head of 384 features/,
    ],
    ["that is no list", null, /is no list of modules/],
  ])("one %s is refused, and nothing is written", (_, config, message) => {
    folder.put("modules.json", config === null ? "{}" : [module(0, "0_Pooling", "Pooling")]);
    if (config !== null) folder.put("0_Pooling/config.json", config);
    const before = readdirSync(folder.at());
    expect(() => writeSafetensors(headOf("product"), folder.at())).toThrow(message);
    expect(readdirSync(folder.at())).toEqual(before);
  });
});

test("what others added to a head stays when it is written again", () => {
  const { at } = folder;
  const file = at("0_FixedClassifierHead", "model.safetensors");
  writeSafetensors(headOf("simplex"), at(), { metadata: { licence: "MIT" } });
  const { tensors, metadata } = readSafetensorsHeader(openBytes(file));
  const bytes = [...tensors].map(
    ([name, { dtype, shape, at: from, length, source }]) =>
      [name, { dtype, shape, bytes: source.read(from, length) }] as const,
  );
  const extra = { dtype: "F8_E4M3", shape: [3], bytes: Uint8Array.of(1, 2, 3) };
  const more = safetensorsPieces(
    new Map([...bytes, ["mean", extra]]),
    new Map([...metadata, ["trained on", "ImageNet ✓"]]),
  );
  folder.put("0_FixedClassifierHead/model.safetensors", Buffer.concat([...more]));
  folder.put("0_FixedClassifierHead/config.json", {
    ...json("0_FixedClassifierHead", "config.json"),
    task: "images",
  });
  folder.put("modules.json", [{ ...json("modules.json")[0], kwargs: ["x"] }]);

  const head = headOf("product, stages");
  writeSafetensors(head, at());
  const again = readSafetensorsHeader(openBytes(file));
  expect(Object.fromEntries(again.metadata)).toMatchObject({
    licence: "MIT",
    "trained on": "ImageNet ✓",
    code: "product",
  });
  const mean = again.tensors.get("mean");
  expect(mean?.source.read(mean.at, mean.length)).toEqual(extra.bytes);
  expect([...again.tensors.keys()]).not.toContain("torch.signs");
  expect(json("0_FixedClassifierHead", "config.json")).toMatchObject({ task: "images", out_features: 30 });
  expect(json("modules.json")).toEqual([
    { idx: 0, name: "0", path: "0_FixedClassifierHead", type: HEAD, kwargs: ["x"] },
  ]);
  const x = rowsOf(head.features);
  expect(FixedClassifier.fromSafetensors(readFileSync(file)).forward(x)).toEqual(head.forward(x));
});

test("a container is read and written byte for byte", () => {
  const dict = {
    "a.b": [2, 3],
    "∑": { dtype: "BF16", shape: [2], data: Uint8Array.of(1, 2, 3, 4) },
    empty: [0],
  };
  const whole = safetensorsOf(dict, { format: "pt", note: "…" });
  const { tensors, metadata } = readSafetensorsHeader(openBytes(folder.put("a.safetensors", whole)));
  const bytes = new Map(
    [...tensors].map(([name, { dtype, shape, at, length, source }]) => [
      name,
      { dtype, shape, bytes: source.read(at, length) },
    ]),
  );
  const written = Buffer.concat([...safetensorsPieces(bytes, metadata)]);
  // But for the spaces that align the data.
  const length = Number(written.readBigUInt64LE());
  expect(length % 8).toBe(0);
  expect(
    written
      .subarray(8, 8 + length)
      .toString()
      .trimEnd(),
  ).toBe(
    Buffer.from(whole)
      .subarray(8, 8 + Buffer.from(whole).readUInt32LE())
      .toString(),
  );
  expect(written.subarray(8 + length)).toEqual(
    Buffer.from(whole).subarray(8 + Buffer.from(whole).readUInt32LE()),
  );
});

test("a head that is not finite is refused before anything is written", async () => {
  const head = headOf("hadamard, both signs");
  (head.bias as Float32Array)[3] = Number.NaN;
  expect(() => writeSafetensors(head, folder.at("new"))).toThrow(Problem);
  expect(() => writeSafetensors(head, folder.at("new"))).toThrow(/bias.*take an earlier checkpoint/);
  expect(existsSync(folder.at("new"))).toBe(false);
});

test("such a folder says that it has a head, where a layer is looked for", async () => {
  writeSafetensors(headOf("simplex"), folder.at());
  await expect(readLastLayer(folder.at())).rejects.toThrow(
    /a head of this package already.*model\.safetensors by FixedClassifier\.fromSafetensors/,
  );
});
