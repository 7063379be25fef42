import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import type { TensorProto } from "../../src/onnx/index.js";
import {
  TensorProto_DataLocation as DataLocation,
  openOnnx,
  StringStringEntryProtoSchema,
} from "../../src/onnx/index.js";
import { float32Bytes } from "../../src/tensors/index.js";
import { flipped, floatTensor, modelOf, numbers, op } from "./fixtures/model.js";
import { refused } from "./refused.js";
import { denseHead, farthest, logitsOf, ownFolder, run } from "./support.js";

const N = 4;
const C = 3;
const values = numbers(N * C);
const inner = numbers(N * N, 3);

function outside(
  name: string,
  dims: readonly number[],
  entries: Readonly<Record<string, string>>,
): TensorProto {
  const tensor = floatTensor(name, dims, []);
  Reflect.deleteProperty(tensor, "rawData");
  tensor.dataLocation = DataLocation.EXTERNAL;
  tensor.externalData = Object.entries(entries).map(([key, value]) =>
    create(StringStringEntryProtoSchema, { key, value }),
  );
  return tensor;
}

function modelWith(
  entries: Readonly<Record<string, string>>,
  trunk: Readonly<Record<string, string>> | null = null,
) {
  return modelOf({
    nodes: [op("MatMul", ["x", "T"], "f"), op("MatMul", ["f", "W"], "logits")],
    initializers: [
      outside("W", [N, C], entries),
      trunk === null ? floatTensor("T", [N, N], inner) : outside("T", [N, N], trunk),
    ],
    input: [-1, N],
  });
}

function weightsFile() {
  const folder = ownFolder();
  const bytes = new Uint8Array(256);
  bytes.set(float32Bytes(inner), 8);
  bytes.set(float32Bytes(values), 100);
  writeFileSync(folder.path("weights.bin"), bytes);
  return { folder, bytes };
}

describe("weights outside of the model", () => {
  const { folder, bytes } = weightsFile();
  const head = { location: "weights.bin", offset: "100", length: "48", checksum: "not looked at" };
  const trunk = { location: "weights.bin", offset: "8", length: "64" };

  test("are read from where they stand", async () => {
    const path = folder.file(modelWith(head, trunk));
    const { lastLayer, cut } = openOnnx(path);
    expect(lastLayer.weights).toEqual(flipped(values, N, C));
    const x = numbers(2 * N, 4);
    const whole = await run(path, x, [2, N]);
    const model = openOnnx(path);
    mkdirSync(folder.path("new"));
    model.write(cut(), folder.path("new/cut.onnx"));
    expect(readFileSync(folder.path("new/weights.bin"))).toEqual(Buffer.from(bytes));
    const { features } = await run(folder.path("new/cut.onnx"), x, [2, N]);
    expect(farthest(logitsOf(lastLayer, features.values), whole.logits.values)).toBeLessThan(1e-5);

    mkdirSync(folder.path("again"));
    model.write(model.attach(denseHead(lastLayer)), folder.path("again/model.onnx"));
    const again = openOnnx(folder.path("again/model.onnx"));
    expect(again.lastLayer.weights).toEqual(lastLayer.weights);
    expect(again.proto.graph?.initializer.find(({ name }) => name === "T")).toEqual(
      model.proto.graph?.initializer.find(({ name }) => name === "T"),
    );
    expect(refused(() => model.write(cut(), folder.path("again/cut.onnx")))).toMatch(
      /weights\.bin is there already.*empty folder/,
    );
    expect(refused(() => model.write(cut(), folder.path("new/weights.bin")))).toMatch(
      /has the name of the model's external data/,
    );
    model.write(cut(), folder.path("beside.onnx"));
    expect(await run(folder.path("beside.onnx"), x, [2, N])).toEqual({ features });
  });

  test("are not copied when none of them is left", () => {
    const path = folder.file(modelWith(head));
    mkdirSync(folder.path("alone"));
    openOnnx(path).write(openOnnx(path).cut(), folder.path("alone/cut.onnx"));
    expect(() => readFileSync(folder.path("alone/weights.bin"))).toThrow("ENOENT");
  });

  test("beyond 4 GB of a file that is larger than memory would like", () => {
    const offset = 5 * 2 ** 30;
    const file = openSync(folder.path("large.bin"), "w");
    writeSync(file, float32Bytes(values), 0, 48, offset);
    closeSync(file);
    truncateSync(folder.path("large.bin"), 2 ** 36);
    const path = folder.file(modelWith({ location: "large.bin", offset: String(offset), length: "48" }));
    expect(openOnnx(path).lastLayer.weights).toEqual(flipped(values, N, C));
  });
});

describe("refused", () => {
  const { folder } = weightsFile();
  mkdirSync(folder.path("real"));
  writeFileSync(folder.path("real/weights.bin"), new Uint8Array(256));
  symlinkSync(folder.path("weights.bin"), folder.path("link.bin"));
  symlinkSync(folder.path("real"), folder.path("linked"));
  const at = (location: string, offset = "100", length = "48") => ({ location, offset, length });
  const reason = (
    entries: Readonly<Record<string, string>>,
    trunk: Readonly<Record<string, string>> | null = null,
  ) => refused(() => openOnnx(folder.file(modelWith(entries, trunk))));

  test.each([
    ["absolute", "/etc/passwd"],
    ["absolute on Windows", "C:\\weights.bin"],
    ["of a share", "\\\\host\\weights.bin"],
    ["above", "../weights.bin"],
    ["above, after going down", "real/../../weights.bin"],
    ["above, with the other slash", "..\\weights.bin"],
    ["empty", ""],
    ["a folder", "real/"],
    ["with a NUL", "weights.bin\0.txt"],
  ])("a path that is %s", (_, location) => {
    expect(reason(at(location))).toMatch(/tensor "W" is to be read from .*outside of the model's folder/);
  });

  test("links", () => {
    expect(reason(at("link.bin"))).toMatch(
      /tensor "W" is kept behind the link .*link\.bin; put the file itself/,
    );
    expect(reason(at("linked/weights.bin"))).toMatch(/behind the link .*linked;/);
    expect(openOnnx(folder.file(modelWith(at("real/weights.bin")))).lastLayer.classes).toBe(C);
  });

  test("files that are not there, are none, or end too early", () => {
    expect(reason(at("none.bin"))).toMatch(/none\.bin, which is not there; copy it beside the model/);
    expect(reason(at("real"))).toMatch(/real is a folder, and no file/);
    expect(reason(at("weights.bin", "240"))).toMatch(
      /ends at byte 288 of weights\.bin, which has 256; is that file whole\?/,
    );
    expect(reason(at("weights.bin", "9007199254740000"))).toMatch(/ends at byte 9007199254740048/);
  });

  test("numbers that are none, or not those of the tensor", () => {
    expect(reason(at("weights.bin", "-4"))).toMatch(/has "-4" as its offset/);
    expect(reason(at("weights.bin", "1e1"))).toMatch(/has "1e1" as its offset/);
    expect(reason(at("weights.bin", "99999999999999999999"))).toMatch(/as its offset/);
    expect(reason(at("weights.bin", "100", "44"))).toMatch(
      /says it has 44 bytes, but its type and shape take 48/,
    );
    expect(reason({ offset: "100" })).toMatch(/does not say in which file/);
  });

  test("pieces that lie upon each other", () => {
    expect(reason(at("weights.bin"), at("./weights.bin", "40", "64"))).toMatch(
      /tensor "W" lies upon tensor "T" in weights\.bin/,
    );
    expect(
      openOnnx(folder.file(modelWith(at("weights.bin"), at("weights.bin", "36", "64")))).lastLayer.classes,
    ).toBe(C);
  });
});
