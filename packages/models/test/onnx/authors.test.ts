import { writeFileSync } from "node:fs";
import { FixedClassifier } from "fixed-classifier";
import { describe, expect, test } from "vitest";
import type { LastLayer } from "../../src/last-layer.js";
import type { HeadGraph } from "../../src/onnx/index.js";
import { floatTensor, nodeOf, openOnnx } from "../../src/onnx/index.js";
import { headModel } from "../../src/write/index.js";
import { authors } from "./fixtures/authors.js";
import { lookalikes } from "./fixtures/authors-lookalikes.js";
import { N } from "./fixtures/authors-parts.js";
import { numbers } from "./fixtures/model.js";
import { denseHead, farthest, logitsOf, ownFolder, run, tailOf } from "./support.js";

const folder = ownFolder();

/** The module again, by other operators than the graphs have. */
function authorsHead(layer: LastLayer): HeadGraph {
  const dense = denseHead(layer);
  return {
    ...dense,
    nodes: [
      nodeOf("Mul", ["in", "in"], ["square"]),
      nodeOf("MatMul", ["square", "ones"], ["sum"]),
      nodeOf("Sqrt", ["sum"], ["norm"]),
      nodeOf("Div", ["in", "norm"], ["unit"]),
      nodeOf("MatMul", ["unit", "W"], ["product"]),
      nodeOf("Add", ["product", "B"], ["out"]),
    ],
    initializers: [
      ...dense.initializers,
      floatTensor("ones", [layer.features, 1], new Float32Array(layer.features).fill(1)),
    ],
  };
}

describe.each(Object.entries(authors))("%s", (_, make) => {
  const fixture = make();
  const x = numbers(
    fixture.inputDims.reduce((all, size) => all * size, 1),
    5,
  );
  const output = fixture.output ?? "logits";

  test("is recognised, with its scale", () => {
    const { lastLayer } = openOnnx(folder.file(fixture.model));
    expect(lastLayer).toMatchObject({ features: fixture.features, classes: fixture.classes });
    expect(lastLayer.hadamard?.scale).toBeCloseTo(fixture.scale ?? 0, 6);
    expect(farthest(lastLayer.weights, fixture.weights)).toBeLessThan(1e-6);
    expect(lastLayer.bias).toEqual(fixture.bias);
  });

  test("is cut as a whole; the core's head gives the model's logits", async () => {
    const model = openOnnx(folder.file(fixture.model));
    const { features, classes, hadamard, bias } = model.lastLayer;
    const cut = model.cut();
    expect(
      cut.graph?.node.map(({ opType }) => opType).filter((type) => !/^(Relu|Reshape|Identity)$/.test(type)),
    ).toEqual([]);
    const whole = await run(model.proto, x, fixture.inputDims);
    const rows = (await run(cut, x, fixture.inputDims)).features.values;
    expect(rows).toEqual(x.map((value) => Math.max(value, 0)));
    const code = { name: "sylvester", allowDuplicates: true } as const;
    const head = new FixedClassifier({
      features,
      classes,
      code,
      scale: -(hadamard?.scale ?? 0),
      bias: bias !== null,
    });
    if (bias !== null) head.bias?.set(bias);
    const logits = Float64Array.from(head.forward(rows));
    expect(farthest(tailOf(fixture.tail, logits, classes), whole[output].values)).toBeLessThan(1e-5);
  });

  test("is replaced as a whole", async () => {
    const model = openOnnx(folder.file(fixture.model));
    const whole = await run(model.proto, x, fixture.inputDims);
    const attached = model.attach(authorsHead(model.lastLayer));
    expect(attached.graph?.node.map(({ opType }) => opType).join()).not.toMatch(/Reduce|LpNorm|Gemm|Neg|Pad/);
    const again = await run(attached, x, fixture.inputDims);
    expect(again[output].dims).toEqual(whole[output].dims);
    expect(farthest(again[output].values, whole[output].values)).toBeLessThan(1e-5);
  });
});

test.each([
  [64, 64],
  [48, 60],
  [12, 6],
  [10, 40],
  [3, 2],
])(
  "our own export of %i features and %i classes is recognised, as long as it has one matrix",
  (features, classes) => {
    const code = { name: "sylvester", allowDuplicates: true } as const;
    for (const opset of [9, 13, 18]) {
      const head = new FixedClassifier({ features, classes, code, scale: -2.5 });
      head.bias?.set(numbers(classes, 2));
      // A class that is masked stays so.
      head.bias?.fill(Number.NEGATIVE_INFINITY, 1, 2);
      writeFileSync(folder.path("own.onnx"), headModel(head, { opset }));
      const { lastLayer } = openOnnx(folder.path("own.onnx"));
      expect(lastLayer).toMatchObject({ features, classes, hadamard: { scale: 2.5 }, bias: head.bias });
    }
  },
);

test("our own export with several matrices is no dense layer, and that is said", () => {
  const head = new FixedClassifier({ features: 100, classes: 40, code: "sylvester" });
  writeFileSync(folder.path("own.onnx"), headModel(head));
  expect(() => openOnnx(folder.path("own.onnx"))).toThrow(
    /own\.onnx is a head that this package exported, and no dense layer; give what it was exported from/,
  );
});

describe.each(Object.entries(lookalikes))("no authors' form: %s", (_, make) => {
  test("an ordinary layer is read", async () => {
    const model = openOnnx(folder.file(make()));
    expect(model.lastLayer.hadamard).toBeNull();
    const x = numbers(4 * N, 5);
    const whole = await run(model.proto, x, [4, N]);
    const { features } = await run(model.cut(), x, [4, N]);
    expect(farthest(logitsOf(model.lastLayer, features.values), whole.logits.values)).toBeLessThan(1e-5);
  });
});
