import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { FixedClassifier } from "fixed-classifier";
import { expect, test } from "vitest";
import { openOnnx } from "../../src/onnx/index.js";
import { float32Bytes } from "../../src/tensors/index.js";
import { trained } from "../convert/layers.js";
import { folderOfTest } from "../read/fixtures/folder.js";
import { npyOf } from "../read/fixtures/numpy.js";
import { safetensorsOf } from "../read/fixtures/safetensors.js";
import { run } from "./run.js";

const { at, put } = folderOfTest();

/** A model, features of 400 rows and their labels, as files. */
function files() {
  const { layer, x, labels } = trained(32, 20, 400, 4, 2);
  const { weights, bias } = layer;
  const model = put(
    "model.safetensors",
    safetensorsOf({
      "fc.weight": { shape: [20, 32], data: float32Bytes(weights) },
      "fc.bias": { shape: [20], data: float32Bytes(bias ?? []) },
    }),
  );
  const features = put("x.npy", npyOf(float32Bytes(x), [400, 32]));
  return { x, labels: put("labels.txt", [...labels].join("\n")), model, features };
}

test("inspect says what the last layer is, as a table and as JSON", async () => {
  const { model } = files();
  const table = await run("inspect", model);
  expect(table).toMatchObject({ problem: null, stderr: "" });
  expect(table.stdout).toMatch(/32 features → 20 classes/);
  expect(table.stdout).toMatch(/fc\.weight, float32/);
  const { problem, stdout } = await run("inspect", model, "--json");
  expect(problem).toBeNull();
  expect(JSON.parse(stdout)).toMatchObject({
    file: model,
    features: 32,
    classes: 20,
    weights: "fc.weight",
    bias: "fc.bias",
    storedType: "float32",
    bytes: 4 * 20 * 33,
    hadamard: null,
  });
});

test("convert tells what each head costs, and writes the one that is recommended or chosen", async () => {
  const { x, labels, model, features } = files();
  const [head, json] = [at("head.safetensors"), at("chosen.safetensors")];
  const options = ["--calibration", features, "--labels", labels, "--codes", "4x4", "--rerank", "8"];
  const table = await run("convert", model, ...options, "--out", head);
  expect(table.stderr).toMatch(
    /1\/3 product:4x4 …\n2\/3 adapter:10 …\n3\/3 learned …\n.*head\.safetensors: /,
  );
  expect(table.problem).toBeNull();
  for (const text of [
    "20 classes",
    "product:4x4+originals",
    "accuracy",
    "KL, nats",
    "100 rows held out of 400",
    "←",
  ])
    expect(table.stdout).toContain(text);
  const written = FixedClassifier.fromSafetensors(readFileSync(head));
  expect([written.features, written.classes]).toEqual([32, 20]);
  const other = await run(
    "convert",
    model,
    ...options,
    "--choose",
    "product:8x1+originals",
    "--no-adapter",
    "--out",
    json,
    "--json",
  );
  expect(other.problem).toBeNull();
  expect(other.stderr).toMatch(
    /chosen\.safetensors: product:8x1\+originals, .*asked by topK\(x, k, \{ rerank: 8 \}\)/,
  );
  const facts = JSON.parse(other.stdout);
  expect(facts.candidates.map(({ name }: { name: string }) => name).toSorted()).toEqual([
    "learned",
    "product:4x4",
    "product:4x4+originals",
    "product:8x1",
    "product:8x1+originals",
  ]);
  const found = facts.candidates.find(({ name }: { name: string }) => name === "product:8x1+originals");
  const chosen = FixedClassifier.fromSafetensors(readFileSync(json));
  expect(readFileSync(json).length).toBe(found.bytes);
  expect(chosen.topK(x, 1, { rerank: 8 }).classes.length).toBe(400);
  expect(found).toMatchObject({ rows: 100, recommended: expect.any(Boolean) });
});

test("an adapter is written beside its head", async () => {
  const { model, features } = files();
  const out = at("head.safetensors");
  const { problem } = await run(
    ...[
      "convert",
      model,
      "--calibration",
      features,
      "--codes",
      "8x1",
      "--choose",
      "adapter:20",
      "--out",
      out,
    ],
  );
  expect(problem).toBeNull();
  const head = FixedClassifier.fromSafetensors(readFileSync(out));
  const adapter = FixedClassifier.fromSafetensors(readFileSync(at("head.adapter.safetensors")));
  expect([adapter.features, adapter.classes, head.features, head.classes]).toEqual([32, 20, 20, 20]);
});

test("the adapter of an earlier head of the same name goes, and no other file", async () => {
  const { model, features } = files();
  const [out, adapter] = [at("head.safetensors"), at("head.adapter.safetensors")];
  const given = ["convert", model, "--calibration", features, "--codes", "8x1", "--out", out];
  expect((await run(...given, "--choose", "adapter:20")).problem).toBeNull();
  expect(existsSync(adapter)).toBe(true);
  const { problem, stderr } = await run(...given, "--choose", "learned");
  expect(problem).toBeNull();
  expect(stderr).toMatch(/head\.adapter\.safetensors: of an earlier head, removed/);
  expect(existsSync(adapter)).toBe(false);
  for (const content of ["notes", safetensorsOf({ mine: [3] })]) {
    put("head.adapter.safetensors", content);
    expect((await run(...given)).problem).toMatch(
      /head\.adapter\.safetensors is where the linear layer .* and is something else/,
    );
    expect(readFileSync(adapter)).toEqual(Buffer.from(content));
  }
});

test("what makes the figures say little is in the report, and in JSON", async () => {
  const { model } = files();
  const few = put("few.npy", npyOf(float32Bytes(new Float32Array(320).fill(1)), [10, 32]));
  const given = ["convert", model, "--calibration", few, "--codes", "8x1", "--no-adapter"];
  const { stdout } = await run(...given);
  expect(stdout).toMatch(/Warning: only 10 rows of calibration: .*\nWarning: the original's best class is/);
  const { warnings } = JSON.parse((await run(...given, "--json")).stdout);
  expect(warnings.length).toBe(2);
});

test("names of the model's classes are in the head's file, from where export takes them", async () => {
  const { model, features } = files();
  const names = Array.from({ length: 20 }, (_, c) => `class ${c}`);
  put("config.json", { id2label: Object.fromEntries(names.entries()) });
  mkdirSync(at("out"));
  const out = at("out/head.safetensors");
  const given = ["--codes", "8x1", "--no-adapter", "--choose", "learned", "--out", out];
  expect((await run("convert", model, "--calibration", features, ...given)).problem).toBeNull();
  expect(FixedClassifier.fromSafetensors(readFileSync(out)).classes).toBe(20);
  expect((await run("export", out, "--onnx", at("head.onnx"))).problem).toBeNull();
  expect(openOnnx(at("head.onnx")).lastLayer.classNames).toEqual(names);
});

test("what cannot be done is one message with the remedy, and nothing is written", async () => {
  const { model, features } = files();
  const wide = put("wide.npy", npyOf(float32Bytes(new Float32Array(80)), [10, 8]));
  const given = ["convert", model, "--calibration", features, "--codes", "8x1", "--no-adapter"];
  mkdirSync(at("folder.safetensors"));
  const one = put(
    "one.safetensors",
    safetensorsOf({
      "fc.weight": { shape: [1, 32], data: float32Bytes(new Float32Array(32).fill(1)) },
      "fc.bias": { shape: [1], data: float32Bytes([0]) },
    }),
  );
  const before = readdirSync(dirname(model)).toSorted();
  const cases: [string[], RegExp][] = [
    [["inspect", at("none.onnx")], /none\.onnx.*cannot be read/],
    [["convert", model, "--calibration", wide], /rows of 8 numbers.*rows of 32 features/],
    [[...given, "--min-agreement", "99"], /--min-agreement is "99": give a number from 0 to 1/],
    [[...given, "--codes", "5x1"], /"5x1" is no product code/],
    [[...given, "--out", at("head.onnx")], /heads are \.safetensors files/],
    [[...given, "--out", at("no/head.safetensors")], /there is no folder .*no; make it first/],
    [[...given, "--choose", "learned"], /say where, by --out/],
    [
      [...given, "--out", at("h.safetensors"), "--choose", "product"],
      /there are product:8x1, learned; nothing was written/,
    ],
    [[...given, "--labels", features], /kind f4, where labels are a row of whole numbers/],
    [[...given, "--out", model], /model\.safetensors is what is read, and would be lost/],
    [[...given, "--out", at("folder.safetensors")], /a folder stands there; choose another name/],
    [
      [...given, "--out", at("h.safetensors"), "--choose", "product:8x1+originals"],
      /original rows are beside a code with --rerank only/,
    ],
    [["inspect", at("none.onnx")], /there is no such file; look at its name/],
    [["convert", one, "--calibration", features], /fc\.weight has one class, which is the best of every row/],
    [[...given, "--mean", "1,x"], /--mean is "x": give a number/],
  ];
  for (const [args, message] of cases) expect((await run(...args)).problem, args.join(" ")).toMatch(message);
  expect(existsSync(at("no"))).toBe(false);
  expect(readdirSync(dirname(model)).toSorted()).toEqual(before);
});

test("the installed command says it in one line, and its exit status is 1", () => {
  const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, "inspect", at("none.npy")], {
    encoding: "utf8",
  });
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(/^error: .*none\.npy cannot be read.*\n$/);
});
