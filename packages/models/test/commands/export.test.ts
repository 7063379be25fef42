import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { FixedClassifier } from "fixed-classifier";
import { expect, test } from "vitest";
import { floatTensor, nodeOf, openOnnx } from "../../src/onnx/index.js";
import { normals } from "../convert/layers.js";
import { bytesOf, modelOf } from "../onnx/fixtures/model.js";
import { run as runModel } from "../onnx/support.js";
import { folderOfTest } from "../read/fixtures/folder.js";
import { run } from "./run.js";

const { at, put } = folderOfTest();
const [FEATURES, CLASSES] = [16, 12];
const draw = normals(1);
const x = Float32Array.from({ length: 3 * FEATURES }, draw);

function headFile(features: number, classes: number, code: "hadamard" | "learned", name: string) {
  const head = new FixedClassifier({ features, classes, code });
  head.bias?.set(Float32Array.from({ length: classes }, draw));
  return { head, path: put(name, head.toSafetensors()) };
}

/** A network that doubles its input before the last layer. */
function network(): string {
  const model = modelOf({
    nodes: [nodeOf("Add", ["x", "x"], ["twice"]), nodeOf("Gemm", ["twice", "W", "b"], ["y"])],
    initializers: [
      floatTensor("W", [FEATURES, CLASSES], Float32Array.from({ length: FEATURES * CLASSES }, draw)),
      floatTensor("b", [CLASSES], Float32Array.from({ length: CLASSES }, draw)),
    ],
    input: [-1, FEATURES],
    outputs: { y: [-1, CLASSES] },
  });
  return put("network.onnx", bytesOf(model));
}

const expectNear = (found: Float32Array, wanted: Float32Array): void => {
  expect(found.length).toBe(wanted.length);
  for (const [i, value] of wanted.entries()) expect(found[i]).toBeCloseTo(value, 4);
};

test("a head alone, behind its linear layer, and in place of a model's last layer gives its logits in ONNX Runtime", async () => {
  const { head, path } = headFile(FEATURES, CLASSES, "hadamard", "head.safetensors");
  expect((await run("export", path, "--onnx", at("head.onnx"), "--opset", "17")).problem).toBeNull();
  expectNear((await runModel(at("head.onnx"), x, [3, FEATURES])).logits.values, head.forward(x));

  const adapter = headFile(FEATURES, 14, "learned", "narrow.adapter.safetensors");
  const narrow = headFile(14, CLASSES, "hadamard", "narrow.safetensors");
  const wanted = (rows: Float32Array) => narrow.head.forward(adapter.head.forward(rows));
  const behind = ["--adapter", adapter.path];
  expect((await run("export", narrow.path, "--onnx", at("narrow.onnx"), ...behind)).problem).toBeNull();
  expectNear((await runModel(at("narrow.onnx"), x, [3, FEATURES])).logits.values, wanted(x));

  const attach = ["--attach", network()];
  const twice = x.map((value) => 2 * value);
  expect((await run("export", path, "--onnx", at("a.onnx"), ...attach)).problem).toBeNull();
  expectNear((await runModel(at("a.onnx"), x, [3, FEATURES])).y.values, head.forward(twice));
  const told = await run("export", narrow.path, "--onnx", at("b.onnx"), ...attach, ...behind);
  expect(told.problem).toBeNull();
  expect(told.stdout).toMatch(/b\.onnx: .*network\.onnx with the head in place of W/);
  expectNear((await runModel(at("b.onnx"), x, [3, FEATURES])).y.values, wanted(twice));
});

test("of a model with several outputs the head takes the place of the layer that --attach-output names", async () => {
  const weights = () => Float32Array.from({ length: FEATURES * CLASSES }, draw);
  const model = modelOf({
    nodes: [
      nodeOf("Add", ["x", "x"], ["twice"]),
      nodeOf("MatMul", ["twice", "V"], ["a"]),
      nodeOf("MatMul", ["twice", "W"], ["b"]),
    ],
    initializers: [
      floatTensor("V", [FEATURES, CLASSES], weights()),
      floatTensor("W", [FEATURES, CLASSES], weights()),
    ],
    input: [-1, FEATURES],
    outputs: { a: [-1, CLASSES], b: [-1, CLASSES] },
  });
  const two = put("two.onnx", bytesOf(model));
  const { head, path } = headFile(FEATURES, CLASSES, "hadamard", "head.safetensors");
  const args = ["export", path, "--onnx", at("new.onnx"), "--attach", two];
  expect((await run(...args)).problem).toMatch(/2 linear layers at its outputs, .* by the option output/);
  expect((await run(...args, "--attach-output", "b")).problem).toBeNull();
  const [before, after] = [
    await runModel(two, x, [3, FEATURES]),
    await runModel(at("new.onnx"), x, [3, FEATURES]),
  ];
  expectNear(after.b.values, head.forward(x.map((value) => 2 * value)));
  expectNear(after.a.values, before.a.values);
});

test("names of classes go where the head goes, and are read again", async () => {
  const classNames = Array.from({ length: CLASSES }, (_, c) => (c === 3 ? 'the "third"' : `class ${c % 8}`));
  const text = put("names.txt", classNames.join("\r\n"));
  const named = at("named.onnx");
  expect((await run("export", network(), "--onnx", named, "--class-names", text)).problem).toBeNull();
  expect(openOnnx(named).lastLayer.classNames).toEqual(classNames);

  // The names of a model go with its layer, and replace others only where they differ.
  const again = ["export", named, "--onnx", at("again.onnx"), "--pytorch", at("torch")];
  expect((await run(...again)).problem).toBeNull();
  expect(openOnnx(at("again.onnx")).lastLayer.classNames).toEqual(classNames);
  const attached = ["export", named, "--onnx", at("attached.onnx"), "--attach", network()];
  expect((await run(...attached)).problem).toBeNull();
  expect(openOnnx(at("attached.onnx")).lastLayer.classNames).toEqual(classNames);

  // A head that was written for PyTorch has them beside it.
  const module = at("torch", "0_FixedClassifierHead");
  const config = JSON.parse(readFileSync(`${module}/config.json`, "utf8"));
  expect(Object.values(config.id2label)).toEqual(classNames);
  const head = `${module}/model.safetensors`;
  expect((await run("export", head, "--onnx", at("third.onnx"))).problem).toBeNull();
  expect(openOnnx(at("third.onnx")).lastLayer.classNames).toEqual(classNames);

  const { path } = headFile(FEATURES, CLASSES, "hadamard", "head.safetensors");
  const tfjs = ["export", path, "--tfjs", at("tfjs"), "--class-names", text];
  expect((await run(...tfjs)).problem).toBeNull();
  const { userDefinedMetadata } = JSON.parse(readFileSync(at("tfjs", "model.json"), "utf8"));
  expect(userDefinedMetadata).toEqual({ classNames });
});

test("it is told that original rows do not go with a product code", async () => {
  const head = await FixedClassifier.fromDense(
    {
      features: FEATURES,
      classes: CLASSES,
      weights: Float32Array.from({ length: FEATURES * CLASSES }, draw),
      bias: null,
    },
    { code: { name: "product", width: 8, stages: 1 }, originals: true },
  );
  const path = put("again.safetensors", head.toSafetensors());
  const { problem, stdout } = await run("export", path, "--onnx", at("again.onnx"));
  expect(problem).toBeNull();
  expect(stdout).toMatch(/do not score the best classes again by the original rows in .*again\.safetensors/);
});

test("a model's last layer is written as it is", async () => {
  const path = network();
  const { weights, bias } = openOnnx(path).lastLayer;
  expect((await run("export", path, "--pytorch", at("torch"))).problem).toBeNull();
  const file = readdirSync(at("torch"), { recursive: true }).find((name) =>
    String(name).endsWith(".safetensors"),
  );
  const head = FixedClassifier.fromSafetensors(readFileSync(at("torch", String(file))));
  expect([head.code.name, head.weights, head.bias]).toEqual(["learned", weights, bias]);
  const { path: fixed } = headFile(FEATURES, CLASSES, "hadamard", "head.safetensors");
  expect((await run("export", fixed, "--tfjs", at("tfjs"))).problem).toBeNull();
  expect(existsSync(at("tfjs", "model.json"))).toBe(true);
});

test("what does not fit is refused, and nothing is written", async () => {
  const { path } = headFile(FEATURES, 5, "hadamard", "head.safetensors");
  const model = network();
  const wide = put(
    "wide.onnx",
    bytesOf(
      modelOf({
        nodes: [nodeOf("MatMul", ["x", "W"], ["y"])],
        initializers: [floatTensor("W", [65_537, 2], new Float32Array(131_074).fill(1))],
        input: [-1, 65_537],
        outputs: { y: [-1, 2] },
      }),
    ),
  );
  const damaged = put("damaged.safetensors", readFileSync(path).subarray(0, 90));
  const names = put("names.txt", "a\nb\n");
  const gap = put("gap.txt", "a\nb\n\nd\ne\n");
  const before = readdirSync(dirname(path)).toSorted();
  const out = ["--onnx", at("out.onnx")];
  const cases: [string[], RegExp][] = [
    [[path], /give --onnx, --pytorch or --tfjs/],
    [[path, "--attach", model, "--tfjs", at("t")], /--attach .* is for ONNX/],
    [
      [path, ...out, "--attach", model],
      /16 features and 12 classes, and the head 16 and 5: give the model that it was made of/,
    ],
    [[path, ...out, "--attach", model, "--opset", "13"], /leave it out/],
    [[path, ...out, "--opset", "3"], /--opset is "3": give a whole number from 9/],
    [[path, ...out, "--adapter", path], /the adapter makes 5 numbers of a row, and the head takes 16/],
    [[path, "--onnx", at("no/out.onnx")], /there is no folder .*no; make it first/],
    [[path, "--onnx", path], /head\.safetensors is what is read, and would be lost/],
    [[model, "--onnx", model], /network\.onnx is what is read, and would be lost/],
    [[path, ...out, "--attach-output", "y"], /--attach-output y is of the model that --attach names/],
    [[path, ...out, "--output", "y"], /is a head, and --output is for models: leave it out/],
    [[path, ...out, "--class-names", names], /names\.txt has 2 names for 5 classes: give one a line/],
    [[path, ...out, "--class-names", gap], /gap\.txt: line 3 is empty, and class 2 needs a name/],
    [[path, "--pytorch", model], /the folder .* cannot be made: a file stands in its way/],
    [[path, "--tfjs", model], /the folder .*network\.onnx cannot be made: a file stands in its way/],
    [[wide, ...out], /"W" of .* has 65537 features and 2 classes; a head has at most 65536/],
    [[damaged, ...out], /damaged\.safetensors is no safetensors file/],
    [[at("none.onnx"), ...out], /none\.onnx cannot be read/],
  ];
  for (const [args, message] of cases)
    expect((await run("export", ...args)).problem, args.join(" ")).toMatch(message);
  expect(readdirSync(dirname(path)).toSorted()).toEqual(before);
});
