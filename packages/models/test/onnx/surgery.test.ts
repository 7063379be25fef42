import { readFileSync } from "node:fs";
import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import {
  FunctionProtoSchema,
  modelPieces,
  OperatorSetIdProtoSchema,
  openOnnx,
  readModel,
  TensorAnnotationSchema,
} from "../../src/onnx/index.js";
import { bytesOf, floatTensor, modelOf, numbers, op } from "./fixtures/model.js";
import { denseHead, farthest, ownFolder, run } from "./support.js";

const folder = ownFolder();
const N = 4;
const C = 3;

const unknown = (text: string) => [
  { no: 900, wireType: 2, data: Uint8Array.of(text.length, ...Buffer.from(text)) },
];

/** A trunk with everything that a file may carry along, a layer, and a node that nothing uses. */
function laden() {
  const model = modelOf({
    nodes: [
      op("MatMul", ["x", "T"], "features"),
      op("MatMul", ["features", "W"], "product"),
      op("Add", ["product", "B"], "logits"),
      op("Softmax", ["logits"], "p", { axis: -1n }),
      op("Abs", ["unused"], "dead"),
    ],
    initializers: [
      floatTensor("T", [N, N], numbers(N * N)),
      floatTensor("unused", [2], [1, 2]),
      floatTensor("W", [N, C], numbers(N * C)),
      floatTensor("B", [C], numbers(C)),
    ],
    input: [-1, N],
    outputs: { p: [-1, C] },
    values: { features: [-1, N], product: [-1, C], logits: [-1, C] },
  });
  model.$unknown = unknown("of the model");
  model.docString = "what it is for";
  model.opsetImport.push(create(OperatorSetIdProtoSchema, { domain: "own", version: 3n }));
  model.functions.push(create(FunctionProtoSchema, { name: "F", domain: "own", docString: "never called" }));
  const { graph } = model;
  if (graph === undefined) throw new Error();
  graph.$unknown = unknown("of the graph");
  graph.docString = "a graph";
  graph.quantizationAnnotation = ["T", "W"].map((tensorName) =>
    create(TensorAnnotationSchema, { tensorName }),
  );
  for (const part of [
    graph.node[0],
    graph.initializer[0],
    graph.input[0],
    graph.node[3],
    graph.valueInfo[0],
  ]) {
    part.$unknown = unknown(`of ${part.$typeName}`);
    part.docString = "a part";
  }
  return model;
}

const path = folder.file(laden());
const names = (list: readonly { readonly name: string }[] | undefined) => list?.map(({ name }) => name);

describe("a cut model", () => {
  const { proto, cut, write } = openOnnx(path);
  write(cut(), folder.path("cut.onnx"));
  const again = readModel(folder.path("cut.onnx"));

  test("has all that it had but the layer", () => {
    const { graph, ...rest } = again;
    const { graph: before, ...restBefore } = proto;
    expect(rest).toEqual(restBefore);
    expect(graph).toMatchObject({ docString: "a graph", $unknown: before?.$unknown, input: before?.input });
    expect(graph?.node[0]).toEqual(before?.node[0]);
    expect(graph?.initializer).toEqual(before?.initializer.slice(0, 2));
    expect(graph?.valueInfo).toEqual(before?.valueInfo.slice(0, 1));
    expect(names(graph?.node)).toEqual([before?.node[0].name, before?.node[4].name, "features_1"]);
    expect(graph?.quantizationAnnotation.map(({ tensorName }) => tensorName)).toEqual(["T"]);
  });

  test("has another name for its output where the model has that one", async () => {
    expect(names(again.graph?.output)).toEqual(["features_1"]);
    expect((await run(folder.path("cut.onnx"), numbers(2 * N), [2, N])).features_1.dims).toEqual([2, N]);
  });
});

describe("a model with another head", () => {
  const model = openOnnx(path);
  const made = model.attach(denseHead(model.lastLayer));
  model.write(made, folder.path("attached.onnx"));
  const again = readModel(folder.path("attached.onnx"));

  test("has all that it had but the layer, and its outputs", async () => {
    const before = model.proto.graph;
    const { graph, ...rest } = again;
    const { graph: _, ...restBefore } = model.proto;
    expect(rest).toEqual(restBefore);
    expect(graph).toMatchObject({ docString: "a graph", $unknown: before?.$unknown });
    expect(graph?.output).toEqual(before?.output);
    for (const at of [0, 3, 4]) expect(graph?.node).toContainEqual(before?.node[at]);
    expect(names(graph?.initializer)).toEqual(["T", "unused", "head/W", "head/B"]);
    const x = numbers(2 * N);
    const whole = await run(path, x, [2, N]);
    const { p } = await run(folder.path("attached.onnx"), x, [2, N]);
    expect(farthest(p.values, whole.p.values)).toBeLessThan(1e-6);
  });

  test("can be opened, and given another head again", async () => {
    const second = openOnnx(folder.path("attached.onnx"));
    expect(second.lastLayer.weights).toEqual(model.lastLayer.weights);
    const third = second.attach(denseHead(second.lastLayer));
    expect(names(third.graph?.initializer)).toEqual(["T", "unused", "head/W_1", "head/B_1"]);
    const x = numbers(2 * N);
    const { p } = await run(third, x, [2, N]);
    expect(farthest(p.values, (await run(path, x, [2, N])).p.values)).toBeLessThan(1e-6);
  });
});

test("in the oldest form of the format every initializer is an input", async () => {
  const old = laden();
  old.irVersion = 3n;
  const model = openOnnx(folder.file(old, "old.onnx"));
  const inputs = names(model.attach(denseHead(model.lastLayer)).graph?.input);
  expect(inputs).toEqual(["x", "head/W", "head/B"]);
  expect(names(model.cut().graph?.input)).toEqual(["x"]);
});

test("the model that was read stays as it was", () => {
  const model = openOnnx(path);
  model.cut();
  model.attach(denseHead(model.lastLayer));
  expect(Buffer.concat(modelPieces(model.proto)).length).toBe(readFileSync(path).length);
  expect(bytesOf(model.proto)).toEqual(new Uint8Array(readFileSync(path)));
});
