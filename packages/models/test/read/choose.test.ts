import { describe, expect, test } from "vitest";
import { Problem } from "../../src/problem.js";
import { readLastLayer } from "../../src/read/index.js";
import { folderOfTest } from "./fixtures/folder.js";
import { numbers, turned } from "./fixtures/numbers.js";
import { linear, type StateDict, safetensorsOf } from "./fixtures/safetensors.js";

const folder = folderOfTest();

const read = (dict: StateDict, options = {}) =>
  readLastLayer(folder.put("model.safetensors", safetensorsOf(dict)), options);

const block = (name: string, width: number): StateDict => ({
  ...linear(`${name}.attention.self.query`, width, width),
  ...linear(`${name}.attention.output.dense`, width, width),
  ...linear(`${name}.intermediate.dense`, 4 * width, width),
  ...linear(`${name}.output.dense`, width, 4 * width),
  [`${name}.output.LayerNorm.weight`]: [width],
  [`${name}.output.LayerNorm.bias`]: [width],
});

/** Names and shapes as the libraries have them, only smaller. */
const MODELS: readonly [string, StateDict, string][] = [
  ["torchvision ResNet", { ...linear("fc", 10, 16), "layer4.2.conv3.weight": [16, 8, 1, 1] }, "fc.weight"],
  [
    "torchvision VGG",
    {
      ...linear("classifier.0", 12, 20),
      ...linear("classifier.3", 12, 12),
      ...linear("classifier.6", 5, 12),
    },
    "classifier.6.weight",
  ],
  [
    "torchvision SqueezeNet",
    {
      "features.12.expand1x1.weight": [8, 4, 1, 1],
      "features.12.expand1x1.bias": [8],
      "classifier.1.weight": [5, 8, 1, 1],
      "classifier.1.bias": [5],
    },
    "classifier.1.weight",
  ],
  [
    "torchvision MobileNetV3",
    {
      "features.4.block.2.fc1.weight": [3, 6, 1, 1],
      "features.4.block.2.fc1.bias": [3],
      ...linear("classifier.0", 12, 6),
      ...linear("classifier.3", 5, 12),
    },
    "classifier.3.weight",
  ],
  [
    "torchvision ViT",
    {
      "conv_proj.weight": [6, 3, 16, 16],
      "conv_proj.bias": [6],
      ...linear("encoder.layers.encoder_layer_0.mlp.0", 24, 6),
      ...linear("heads.head", 5, 6),
    },
    "heads.head.weight",
  ],
  [
    "Inception with auxiliary logits",
    { ...linear("AuxLogits.fc", 5, 6), ...linear("fc", 5, 16) },
    "fc.weight",
  ],
  ["timm ViT", { ...block("blocks.0", 6), ...linear("head", 5, 6), pos_embed: [1, 4, 6] }, "head.weight"],
  [
    "timm ConvNeXt",
    {
      ...linear("stages.0.blocks.0.mlp.fc1", 24, 6),
      ...linear("head.fc", 5, 6),
      "head.norm.weight": [6],
      "head.norm.bias": [6],
    },
    "head.fc.weight",
  ],
  [
    "timm RegNet",
    {
      "s1.b1.se.fc1.weight": [2, 6, 1, 1],
      "s1.b1.se.fc1.bias": [2],
      "s1.b1.se.fc2.weight": [6, 2, 1, 1],
      "s1.b1.se.fc2.bias": [6],
      ...linear("head.fc", 5, 12),
    },
    "head.fc.weight",
  ],
  [
    "transformers BERT",
    {
      "bert.embeddings.word_embeddings.weight": [30, 6],
      ...block("bert.encoder.layer.0", 6),
      ...block("bert.encoder.layer.1", 6),
      ...linear("bert.pooler.dense", 6, 6),
      ...linear("classifier", 3, 6),
    },
    "classifier.weight",
  ],
  [
    "transformers RoBERTa",
    {
      ...block("roberta.encoder.layer.0", 6),
      ...linear("classifier.dense", 6, 6),
      ...linear("classifier.out_proj", 3, 6),
    },
    "classifier.out_proj.weight",
  ],
  [
    "transformers DistilBERT",
    {
      ...block("distilbert.transformer.layer.0", 6),
      ...linear("pre_classifier", 6, 6),
      ...linear("classifier", 2, 6),
    },
    "classifier.weight",
  ],
  [
    "transformers XLNet",
    {
      ...linear("sequence_summary.summary", 6, 6),
      ...linear("logits_proj", 3, 6),
    },
    "logits_proj.weight",
  ],
  [
    "transformers Llama for sequences",
    {
      "model.embed_tokens.weight": [30, 6],
      "model.layers.0.mlp.up_proj.weight": [24, 6],
      "score.weight": [3, 6],
    },
    "score.weight",
  ],
  [
    "a perceptron by attributes",
    { ...linear("fc1", 12, 20), ...linear("fc2", 8, 12), ...linear("fc3", 5, 8) },
    "fc3.weight",
  ],
  [
    "a perceptron by numbers",
    { ...linear("0", 12, 20), ...linear("2", 12, 12), ...linear("10", 5, 12) },
    "10.weight",
  ],
  ["a matrix alone", { weight: [3, 4] }, "weight"],
  ["as many classes as features", linear("head", 4, 4), "head.weight"],
];

describe("the last layer", () => {
  test.each(MODELS)("of %s", async (_, dict, weights) => {
    expect((await read(dict)).origin.weights).toBe(weights);
  });

  test("of Flax has a column a class", async () => {
    const layer = await read({ "head.kernel": [4, 3], "head.bias": [3] });
    expect(layer).toMatchObject({ features: 4, classes: 3, weights: turned(numbers(12), 4, 3) });
  });

  test("without a bias adds nothing", async () => {
    expect(await read({ "lm_head.weight": [5, 4], "norm.weight": [4] })).toMatchObject({
      classes: 5,
      bias: null,
    });
  });

  test.each([
    ["none", { "embeddings.weight": [30, 6], "norm.weight": [6], "norm.bias": [6] }, /has no last layer/],
    [
      "a body without its classifier",
      { ...block("encoder.layer.0", 6), ...linear("pooler.dense", 6, 6) },
      /has no last layer.*encoder\.layer\.0/,
    ],
    [
      "a body whose layers take what it gives",
      { ...linear("feature_projection.projection", 6, 4), ...block("encoder.layers.0", 6) },
      /a layer that could be the last: feature_projection\.projection\.weight \(4 → 6\)/,
    ],
    [
      "one that looks like a hidden layer",
      linear("mapping", 6, 6),
      /a layer that could be the last: mapping\.weight \(6 → 6\)/,
    ],
    [
      "two heads side by side",
      { ...linear("head", 5, 6), ...linear("head_dist", 5, 6) },
      /several layers.*head\.weight \(6 → 5\), head_dist\.weight.*by the option weights: "head\.weight"/,
    ],
    [
      "two that nothing tells apart",
      { ...linear("boxes", 4, 6), ...linear("labels", 5, 6) },
      /several layers/,
    ],
  ] as [string, StateDict, RegExp][])("%s is refused", async (_, dict, message) => {
    await expect(read(dict)).rejects.toThrow(message);
    await expect(read(dict)).rejects.toBeInstanceOf(Problem);
  });

  test("is the one that the user says", async () => {
    const dict = { ...linear("head", 5, 6), ...linear("head_dist", 5, 6) };
    for (const weights of ["head_dist", "head_dist.weight"])
      expect((await read(dict, { weights })).origin.weights).toBe("head_dist.weight");
    await expect(read(dict, { weights: "tail" })).rejects.toThrow(
      /no layer "tail".*head_dist\.weight \(6 → 5\)/,
    );
  });
});

describe("config.json", () => {
  test("has the names of the classes", async () => {
    folder.put("config.json", { id2label: { 1: "dog", 0: "cat" } });
    expect((await read(linear("classifier", 2, 4))).classNames).toEqual(["cat", "dog"]);
    folder.put("config.json", { label_names: ["a", "b", "c"], num_classes: 3 });
    expect((await read(linear("classifier", 3, 4))).classNames).toEqual(["a", "b", "c"]);
  });

  test("with names that are none, or of other classes, gives none", async () => {
    folder.put("config.json", { id2label: { 0: "LABEL_0", 1: "LABEL_1" } });
    expect((await read(linear("classifier", 2, 4))).classNames).toBe(null);
    folder.put("config.json", { id2label: { 0: "cat", 1: "dog" } });
    expect((await read(linear("classifier", 3, 4))).classNames).toBe(null);
  });

  test("decides by the number of classes, or by the name of the layer", async () => {
    const dict = { ...linear("boxes", 4, 6), ...linear("labels", 5, 6) };
    folder.put("config.json", { num_classes: 5 });
    expect((await read(dict)).origin.weights).toBe("labels.weight");
    folder.put("config.json", { num_classes: 5, pretrained_cfg: { classifier: "boxes" } });
    expect((await read(dict)).origin.weights).toBe("boxes.weight");
  });
});
