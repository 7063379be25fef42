import { describe, expect, test } from "vitest";
import { Problem } from "../../src/problem.js";
import { readLastLayer } from "../../src/read/index.js";
import { folderOfTest } from "./fixtures/folder.js";
import { numbers } from "./fixtures/numbers.js";
import { linear, safetensorsOf } from "./fixtures/safetensors.js";

const folder = folderOfTest();

const module = (idx: number, path: string, kind: string) => ({
  idx,
  name: String(idx),
  path,
  type: `sentence_transformers.models.${kind}`,
});
const TRANSFORMER = module(0, "", "Transformer");
const POOLING = module(1, "1_Pooling", "Pooling");
const DENSE = module(2, "2_Dense", "Dense");

function put(modules: unknown, activation: unknown = "torch.nn.modules.linear.Identity"): string {
  folder.put("modules.json", modules as object);
  folder.put("model.safetensors", safetensorsOf(linear("encoder.layer.0.output.dense", 4, 4)));
  folder.put("2_Dense/config.json", {
    in_features: 4,
    out_features: 3,
    bias: true,
    activation_function: activation,
  });
  folder.put("2_Dense/model.safetensors", safetensorsOf(linear("linear", 3, 4)));
  return folder.at();
}

test("a dense layer at the end is the last layer", async () => {
  const layer = await readLastLayer(put([TRANSFORMER, POOLING, DENSE]));
  expect(layer).toMatchObject({ classes: 3, features: 4, weights: numbers(12), bias: numbers(3) });
  expect(layer.origin).toMatchObject({
    format: "sentence-transformers",
    file: folder.at("2_Dense", "model.safetensors"),
    weights: "linear.weight",
  });
  folder.put("config.json", { id2label: { 0: "a", 1: "b", 2: "c" } });
  expect((await readLastLayer(folder.at())).classNames).toEqual(["a", "b", "c"]);
});

describe("refused:", () => {
  test.each([
    [
      "an end without classes",
      () => put([TRANSFORMER, POOLING]),
      /ends in the module sentence_transformers\.models\.Pooling, which makes embeddings/,
    ],
    [
      "an activation",
      () => put([DENSE], "torch.nn.modules.activation.Tanh"),
      /activation "torch\.nn\.modules\.activation\.Tanh", so what the layer gives are no logits/,
    ],
    ["the activation that is meant when there is none", () => put([DENSE], null), /Tanh/],
    ["no list", () => put({}), /has no list of modules/],
    ["modules without a type", () => put([{}]), /has no list of modules with a type/],
    [
      "a folder outside",
      () => put([module(0, "../other", "Dense")]),
      /"\.\.\/other", which is not in its folder/,
    ],
    [
      "a folder that is not there",
      () => put([module(0, "3_Dense", "Dense")]),
      /3_Dense.config\.json cannot be read: there is no such file/,
    ],
  ] as [string, () => string, RegExp][])("%s", async (_, make, message) => {
    const read = readLastLayer(make());
    await expect(read).rejects.toThrow(message);
    await expect(read).rejects.toBeInstanceOf(Problem);
  });

  test("weights as a pickle", async () => {
    folder.put("modules.json", [DENSE]);
    folder.put("2_Dense/config.json", { activation_function: "torch.nn.modules.linear.Identity" });
    folder.put("2_Dense/pytorch_model.bin", Uint8Array.of(0x80, 2));
    await expect(readLastLayer(folder.at())).rejects.toThrow(
      /pickle and is not read.*safe_serialization=True/,
    );
  });

  test("the head of SetFit", async () => {
    put([TRANSFORMER, POOLING]);
    folder.put("model_head.pkl", Uint8Array.of(0x80, 4));
    await expect(readLastLayer(folder.at())).rejects.toThrow(
      /model_head\.pkl is a pickle.*numpy\.save\("weights\.npy", model\.model_head\.coef_\)/,
    );
  });
});
