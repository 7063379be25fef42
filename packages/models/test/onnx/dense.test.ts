import { describe, expect, test } from "vitest";
import { openOnnx } from "../../src/onnx/index.js";
import { exporters } from "./fixtures/exporters.js";
import { forms } from "./fixtures/forms.js";
import { numbers } from "./fixtures/model.js";
import { denseHead, farthest, logitsOf, ownFolder, run, tailOf } from "./support.js";

const folder = ownFolder();

describe.each(Object.entries({ ...exporters, ...forms }))("%s", (_, make) => {
  const fixture = make();
  const x = numbers(
    fixture.inputDims.reduce((all, size) => all * size, 1),
    5,
  );
  const tolerance = fixture.tolerance ?? 1e-5;
  const output = fixture.output ?? "logits";

  test("the layer is read", () => {
    const { lastLayer } = openOnnx(folder.file(fixture.model));
    expect(lastLayer).toMatchObject({ features: fixture.features, classes: fixture.classes, hadamard: null });
    expect(farthest(lastLayer.weights, fixture.weights)).toBeLessThan(1e-6);
    expect(lastLayer.bias).toEqual(fixture.bias);
  });

  test("the cut model's features give the model's logits", async () => {
    const model = openOnnx(folder.file(fixture.model));
    const whole = await run(model.proto, x, fixture.inputDims);
    const cut = model.cut();
    expect(cut.graph?.output.map(({ name }) => name)).toEqual(["features"]);
    const { features } = await run(cut, x, fixture.inputDims);
    expect(features.dims).toEqual([features.values.length / fixture.features, fixture.features]);
    const logits = logitsOf(model.lastLayer, features.values);
    expect(farthest(tailOf(fixture.tail, logits, fixture.classes), whole[output].values)).toBeLessThan(
      tolerance,
    );
    expect(cut.graph?.initializer.map(({ name }) => name)).not.toContain(model.lastLayer.origin.weights);
    expect(cut.graph?.node.flatMap((node) => node.output)).not.toContain(model.lastLayer.origin.weights);
    expect(cut.metadataProps).toEqual(model.proto.metadataProps);
  });

  test("the dense layer again in its place gives the same outputs", async () => {
    const model = openOnnx(folder.file(fixture.model));
    const whole = await run(model.proto, x, fixture.inputDims);
    const again = await run(model.attach(denseHead(model.lastLayer)), x, fixture.inputDims);
    expect(Object.keys(again)).toEqual(Object.keys(whole));
    for (const name of Object.keys(whole)) {
      expect(again[name].dims, name).toEqual(whole[name].dims);
      expect(farthest(again[name].values, whole[name].values), name).toBeLessThan(tolerance);
    }
  });
});
