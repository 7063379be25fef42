import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { openOnnx, StringStringEntryProtoSchema, withClassNames } from "../../src/onnx/index.js";
import { floatTensor, modelOf, op } from "./fixtures/model.js";
import { ownFolder } from "./support.js";

const folder = ownFolder();

function namesWith(key: string, value: string): readonly string[] | null {
  const model = modelOf({
    nodes: [op("MatMul", ["x", "W"], "logits")],
    initializers: [floatTensor("W", [2, 3], [1, 2, 3, 4, 5, 6])],
    input: [-1, 2],
  });
  model.metadataProps.push(create(StringStringEntryProtoSchema, { key, value }));
  return openOnnx(folder.file(model)).lastLayer.classNames;
}

const expected = ["cat", "dog's", 'the "third"'];

test.each([
  ["labels", JSON.stringify(expected)],
  ["id2label", JSON.stringify({ ...expected })],
  ["names", `{0: 'cat', 1: "dog's", 2: 'the "third"'}`],
  ["names", String.raw`{0: 'cat', 1: 'dog\'s', 2: 'the "third"'}`],
])("%s: %s", (key, value) => {
  expect(namesWith(key, value)).toEqual(expected);
});

test.each([
  ["names", '["only", "two"]'],
  ["names", "{0: 'cat', 2: 'dog', 1: 'out of order'}"],
  ["names", '["cat", "dog", 3]'],
  ["names", "cat, dog, mouse"],
  ["names", "null"],
  ["names", "{"],
  ["names", `{${"1".repeat(1_000_000)}}`],
  ["author", JSON.stringify(expected)],
])("no names of the classes: %s: %.40s", (key, value) => {
  expect(namesWith(key, value)).toBeNull();
});

test("names that are written take the place of those before them, and are read again", () => {
  const model = modelOf({
    nodes: [op("MatMul", ["x", "W"], "logits")],
    initializers: [floatTensor("W", [2, 3], [1, 2, 3, 4, 5, 6])],
    input: [-1, 2],
  });
  const others = model.metadataProps.length;
  model.metadataProps.push(create(StringStringEntryProtoSchema, { key: "id2label", value: '["a","b","c"]' }));
  const named = withClassNames(model, expected, 3);
  expect(named.metadataProps.length).toBe(others + 1);
  expect(openOnnx(folder.file(named)).lastLayer.classNames).toEqual(expected);
  expect(openOnnx(folder.file(model)).lastLayer.classNames).toEqual(["a", "b", "c"]);
  expect(() => withClassNames(model, ["a"], 3)).toThrow(/1 names of classes were given for the 3 classes/);
});
