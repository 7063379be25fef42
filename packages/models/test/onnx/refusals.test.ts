import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import type { NodeProto, TensorProto } from "../../src/onnx/index.js";
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  FunctionProtoSchema,
  GraphProtoSchema,
  integerTensor,
  openOnnx,
  rawTensor,
} from "../../src/onnx/index.js";
import { constant, DataType, floatTensor, modelOf, numbers, op } from "./fixtures/model.js";
import { refused } from "./refused.js";
import { denseHead, ownFolder } from "./support.js";

const folder = ownFolder();
const N = 4;
const C = 3;
const W = floatTensor("W", [N, C], numbers(N * C));
const B = floatTensor("B", [C], numbers(C));
const matMul = op("MatMul", ["x", "W"], "product");
const add = op("Add", ["product", "B"], "logits");

function domain(node: NodeProto, name: string): NodeProto {
  node.domain = name;
  return node;
}

function reasonOf(
  nodes: readonly NodeProto[],
  initializers: readonly TensorProto[] = [W, B],
  more: Partial<Parameters<typeof modelOf>[0]> = {},
): string {
  const path = folder.file(modelOf({ nodes, initializers, input: [-1, N], ...more }));
  return refused(() => openOnnx(path)).replace(path, "FILE");
}

describe("which classifier", () => {
  const two = modelOf({
    nodes: [
      op("MatMul", ["x", "W"], "kind"),
      op("MatMul", ["x", "V"], "product"),
      op("Add", ["product", "B"], "breed"),
    ],
    initializers: [W, floatTensor("V", [N, C], numbers(N * C, 3)), B],
    input: [-1, N],
    outputs: { kind: null, breed: null },
  });

  test("several are named; one is chosen by its output", () => {
    const path = folder.file(two);
    expect(refused(() => openOnnx(path))).toMatch(
      /2 linear layers at its outputs, "kind" of node "\/MatMul_kind" \(MatMul\); "breed" of .*option output/,
    );
    expect(openOnnx(path, { output: "breed" }).lastLayer.origin).toMatchObject({ weights: "V", bias: "B" });
    expect(openOnnx(path, { output: "kind" }).lastLayer.origin).toMatchObject({ weights: "W", bias: null });
    expect(refused(() => openOnnx(path, { output: "none" }))).toMatch(
      /no output "none"; its outputs are "kind", "breed"/,
    );
  });

  test("an output that is no classifier does not hide one that is", () => {
    const model = modelOf({
      nodes: [op("Relu", ["x"], "embedding"), op("Gemm", ["embedding", "W", "B"], "logits")],
      initializers: [W, B],
      input: [-1, N],
      outputs: { embedding: null, logits: null },
    });
    expect(openOnnx(folder.file(model)).lastLayer.classes).toBe(C);
  });

  test("names that are given to the classes do not hide it", () => {
    const nodes = [
      matMul,
      op("Add", ["product", "B"], "z"),
      domain(op("ZipMap", ["z"], "logits"), "ai.onnx.ml"),
    ];
    const path = folder.file(modelOf({ nodes, initializers: [W, B], input: [-1, N] }));
    expect(openOnnx(path).lastLayer.classes).toBe(C);
  });

  test("none", () => {
    expect(reasonOf([op("Relu", ["x"], "logits")])).toBe(
      'FILE: no classifier was found: output "logits": node "/Relu_logits" (Relu) is no part of a linear classifier',
    );
    expect(reasonOf([op("Softmax", ["x"], "logits")])).toMatch(/"x" is an input of the model/);
    expect(reasonOf([matMul])).toMatch(/"logits" comes from no node/);
  });
});

describe("weights that cannot be taken out", () => {
  test("tied to an embedding", () => {
    const tied = floatTensor("tied", [C, N], numbers(C * N));
    const nodes = [
      op("Cast", ["x"], "tokens", { to: 7n }),
      op("Gather", ["tied", "tokens"], "embedded"),
      op("Transpose", ["tied"], "turned"),
      op("MatMul", ["embedded", "turned"], "logits"),
    ];
    expect(reasonOf(nodes, [tied])).toMatch(
      /the weights "tied" of node "\/MatMul_logits" \(MatMul\) are shared with node "\/Gather_embedded" \(Gather\).*untie/,
    );
  });

  test("an output of the model", () => {
    expect(reasonOf([matMul, add], [W, B], { outputs: { logits: null, W: null } })).toMatch(
      /shared with the model's outputs/,
    );
  });

  test("computed while the model runs", () => {
    expect(reasonOf([op("Abs", ["x"], "V"), op("MatMul", ["x", "V"], "logits")])).toMatch(
      /weights of .*MatMul.* are computed/,
    );
    expect(reasonOf([op("MatMul", ["W", "x"], "logits")])).toMatch(/or stand on the left/);
  });

  test("in the body of If", () => {
    const body = create(GraphProtoSchema, {
      name: "then",
      node: [op("MatMul", ["x", "W"], "inside")],
      output: [{ name: "inside" }],
    });
    const branch = (name: string) =>
      create(AttributeProtoSchema, { name, type: AttributeType.GRAPH, g: body });
    const node = op("If", ["yes"], "logits");
    node.attribute = [branch("then_branch"), branch("else_branch")];
    expect(reasonOf([node], [W, rawTensor("yes", [], DataType.BOOL, Uint8Array.of(1))])).toMatch(
      /node "\/If_logits" \(If\) hides the classifier in its body; export the model without control flow/,
    );
    expect(
      reasonOf([node, matMul, op("Add", ["product", "B"], "other")], [W, B], { outputs: { other: null } }),
    ).toMatch(/weights "W" .* are shared with node "\/If_logits"/);
  });

  test("in a function of the model", () => {
    const model = modelOf({ nodes: [domain(op("Head", ["x"], "logits"), "own")], input: [-1, N] });
    model.functions.push(
      create(FunctionProtoSchema, { name: "Head", domain: "own", input: ["a"], output: ["b"] }),
    );
    expect(refused(() => openOnnx(folder.file(model)))).toMatch(/own\.Head\) hides .* function .*inline/);
  });

  test("a classifier of ai.onnx.ml, operators of one runtime", () => {
    expect(reasonOf([domain(op("LinearClassifier", ["x"], ["label", "logits"]), "ai.onnx.ml")])).toMatch(
      /ai\.onnx\.ml\.LinearClassifier\) keeps its weights in attributes.*coef_ and intercept_ as \.npy/,
    );
    expect(reasonOf([domain(op("FusedMatMul", ["x", "W"], "logits"), "com.microsoft")])).toMatch(
      /of one runtime only/,
    );
  });

  test("convolutions that look at more than a pixel", () => {
    const image = { input: [-1, N, 5, 5] };
    const kernel = floatTensor("K", [C, N, 1, 1], numbers(C * N));
    expect(reasonOf([op("Conv", ["x", "K"], "logits")], [kernel], image)).toMatch(
      /not known to be one pixel; pool before it/,
    );
    const cutOff = [
      op("GlobalAveragePool", ["x"], "p"),
      op("Conv", ["p", "K"], "product"),
      op("Slice", ["product", "zero", "one", "last"], "logits"),
    ];
    const one = [integerTensor("zero", [0]), integerTensor("one", [1]), integerTensor("last", [-1])];
    expect(reasonOf(cutOff, [kernel, ...one], image)).toMatch(/node "\/Conv_product"/);
    const pooled = op("GlobalAveragePool", ["x"], "p");
    const wide = floatTensor("K", [C, N, 3, 3], numbers(C * N * 9));
    const nodes = [
      pooled,
      op("Conv", ["p", "K"], "logits", { kernel_shape: [3n, 3n], pads: [1n, 1n, 1n, 1n] }),
    ];
    expect(reasonOf(nodes, [wide], image)).toMatch(/more than one pixel/);
  });
});

describe("quantised", () => {
  const bytes = rawTensor("Q", [N, C], DataType.INT8, new Uint8Array(N * C));
  const one = floatTensor("s", [], [0.1]);

  test.each([
    ["QLinearMatMul", ""],
    ["QGemm", "com.microsoft"],
    ["MatMulNBits", "com.microsoft"],
  ])("%s", (type, of) => {
    expect(reasonOf([domain(op(type, ["x", "Q"], "logits"), of)], [bytes])).toMatch(
      new RegExp(`${type}\\) is quantised; give the model as it was before quantisation`),
    );
  });

  test("MatMulInteger, cast, scaled, and a bias added", () => {
    const nodes = [
      op("DynamicQuantizeLinear", ["x"], ["x8", "xs", "xz"]),
      op("MatMulInteger", ["x8", "Q", "xz"], "i32"),
      op("Cast", ["i32"], "f32", { to: 1n }),
      op("Mul", ["xs", "s"], "both"),
      op("Mul", ["f32", "both"], "product"),
      add,
    ];
    expect(reasonOf(nodes, [bytes, one, B])).toMatch(
      /node "\/MatMulInteger_i32" \(MatMulInteger\) is quantised/,
    );
  });

  test("DequantizeLinear of the weights", () => {
    const nodes = [op("DequantizeLinear", ["Q", "s"], "W"), matMul, add];
    expect(reasonOf(nodes, [bytes, one, B])).toMatch(
      /weights "W" are quantised \(node "\/DequantizeLinear_W"/,
    );
  });

  test("integers that are cast", () => {
    expect(reasonOf([op("Cast", ["Q"], "W", { to: 1n }), matMul, add], [bytes, B])).toMatch(
      /tensor "Q" holds int8 numbers, and weights are read from float32, float16, bfloat16 or float64/,
    );
  });
});

describe("numbers that are none", () => {
  test("weights and bias that are not finite, with the place", () => {
    const wrong = numbers(N * C);
    wrong[7] = Number.NaN;
    expect(reasonOf([matMul, add], [floatTensor("W", [N, C], wrong), B])).toMatch(
      /weights "W" of node "\/MatMul_product" \(MatMul\) have NaN at class 1, feature 2; .*diverge/,
    );
    expect(reasonOf([matMul, add], [W, floatTensor("B", [C], [0, 0, Infinity])])).toMatch(
      /bias "B" has Infinity at class 2/,
    );
    const masked = [-Infinity, -Infinity, -Infinity];
    expect(reasonOf([matMul, add], [W, floatTensor("B", [C], masked)])).toMatch(
      /bias "B" has -Infinity at class 0/,
    );
  });

  test("shapes", () => {
    expect(reasonOf([matMul, add], [W, floatTensor("B", [2, C], numbers(6))])).toMatch(
      /bias "B" has the shape 2×3, and the layer 3 classes/,
    );
    expect(
      reasonOf([matMul], [floatTensor("W", [2, N, C], numbers(24))], { outputs: { product: null } }),
    ).toMatch(/have the shape 2×4×3/);
    expect(reasonOf([matMul, add], [floatTensor("W", [N, 0], []), B])).toMatch(/have the shape 4×0/);
  });

  test("tensors that are not as long as they say", () => {
    const huge = floatTensor("W", [2 ** 31, 2 ** 31], [1]);
    expect(reasonOf([matMul, add], [huge, B])).toMatch(
      /tensor "W" says its shape is 2147483648×2147483648, which no tensor can have/,
    );
    const large = floatTensor("W", [2 ** 20, 2 ** 20], [1]);
    expect(reasonOf([matMul, add], [large, B])).toMatch(
      /tensor "W" has 4 bytes, but its shape 1048576×1048576 takes 4398046511104/,
    );
    const negative = floatTensor("W", [-4, -3], numbers(12));
    expect(reasonOf([matMul, add], [negative, B])).toMatch(/says its shape is -4×-3/);
    const typed = Object.assign(floatTensor("W", [N, C], []), { floatData: [1, 2, 3] });
    expect(reasonOf([matMul, add], [typed, B])).toMatch(
      /tensor "W" has 3 numbers, but its shape 4×3 takes 12/,
    );
  });
});

describe("models that no runtime runs", () => {
  test("opsets", () => {
    expect(reasonOf([matMul, add], [W, B], { opset: 6 })).toMatch(
      /has opset 6, and opsets 7 to \d+ are read; convert it/,
    );
    expect(reasonOf([matMul, add], [W, B], { opset: 999 })).toMatch(/has opset 999/);
    const none = modelOf({ nodes: [matMul, add], initializers: [W, B], input: [-1, N] });
    none.opsetImport = [];
    expect(refused(() => openOnnx(folder.file(none)))).toMatch(/does not say its opset/);
  });

  test("circles, and values made twice", () => {
    const circle = [op("Relu", ["b"], "a"), op("Relu", ["a"], "b"), op("MatMul", ["b", "W"], "logits")];
    expect(reasonOf(circle)).toMatch(/node "\/Relu_a" \(Relu\) waits for its own output/);
    expect(reasonOf([matMul, constant(floatTensor("product", [], [1])), add])).toMatch(
      /two nodes make the value "product"/,
    );
  });

  test("a long way of nodes is walked, not called", () => {
    const nodes = Array.from({ length: 5000 }, (_, i) => op("Identity", [`v${i}`], `v${i + 1}`));
    expect(reasonOf([op("Relu", ["x"], "v0"), ...nodes, op("Identity", ["v5000"], "logits")])).toMatch(
      /no classifier was found/,
    );
    expect(
      openOnnx(
        folder.file(
          modelOf({
            nodes: [op("Relu", ["x"], "v0"), ...nodes, op("MatMul", ["v5000", "W"], "logits")],
            initializers: [W],
            input: [-1, N],
          }),
        ),
      ).cut().graph?.node.length,
    ).toBe(5003);
  });
});

test("what changes a model is refused before it is written", () => {
  const path = folder.file(modelOf({ nodes: [matMul, add], initializers: [W, B], input: [-1, N] }));
  const model = openOnnx(path);
  expect(refused(() => model.write(model.cut(), path))).toMatch(/is the model that was read/);
  expect(refused(() => model.attach({ ...denseHead(model.lastLayer), minOpset: 18 }))).toMatch(
    /has opset 17, and the new head takes 18/,
  );
  expect(refused(() => model.write(model.cut(), folder.path("none/cut.onnx")))).toMatch(
    /its folder is not there/,
  );
});

test("integers that are no weights are left alone", () => {
  const nodes = [op("Reshape", ["x", "flat"], "f"), op("MatMul", ["f", "W"], "logits")];
  const signs = floatTensor("W", [2, 2], [1, 1, 1, -1]);
  const model = openOnnx(
    folder.file(modelOf({ nodes, initializers: [signs, integerTensor("flat", [-1, 2])], input: [-1, 2] })),
  );
  expect(model.lastLayer.hadamard).toBeNull();
});
