import { join } from "node:path";
import { expect, test } from "vitest";
import { loadModel } from "../../src/models/load.js";
import { folderOf, headOf } from "../support/models.js";

/** The same head with something more among its metadata, as `convert` writes the names of classes. */
function named(names: string): Uint8Array {
  const file = headOf({ classes: 3 }).toSafetensors();
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(Buffer.from(file.subarray(8, 8 + length)).toString());
  header.__metadata__.class_names = names;
  const text = Buffer.from(JSON.stringify(header));
  const head = Buffer.alloc(8);
  head.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([head, text, file.subarray(8 + length)]);
}

async function labelsOf(names: string, files: Record<string, string> = {}) {
  const folder = folderOf({ "head.safetensors": named(names), ...files });
  const labels = "labels.txt" in files ? { labels: join(folder, "labels.txt") } : {};
  const place = { version: "1", head: join(folder, "head.safetensors"), ...labels };
  return (await loadModel("m", place)).labels;
}

test("names that go with the head are its labels, a file beside it goes before them", async () => {
  expect(await labelsOf('["cat", "dög", "bird"]')).toEqual(["cat", "dög", "bird"]);
  expect(await labelsOf('["cat", "dog", "bird"]', { "labels.txt": "a\nb\nc\n" })).toEqual(["a", "b", "c"]);
});

test.each(['["cat", "dog"]', "[1, 2, 3]", "{", '{"0": "cat"}'])("%s are none", async (names) => {
  expect(await labelsOf(names)).toEqual([]);
});
