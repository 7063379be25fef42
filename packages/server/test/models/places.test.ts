import { join } from "node:path";
import { expect, test } from "vitest";
import { placeOf, versionsOf } from "../../src/models/places.js";
import { folderOf } from "../support/models.js";

test.each([
  ["digits.safetensors", "digits", "digits.safetensors"],
  ["/srv/digits.json", "digits", "/srv/digits.json"],
  ["/srv/digits/", "digits", "/srv/digits/"],
  ["mine=/srv/digits", "mine", "/srv/digits"],
  ["/srv/a=b/digits.v2.safetensors", "digits.v2", "/srv/a=b/digits.v2.safetensors"],
  ["a=b=c", "a", "b=c"],
])("%s", (given, name, path) => {
  expect(placeOf(given)).toEqual({ name, path });
});

test.each(["", "x=", "/srv/my digits", "/", "..", "/srv/größe.json"])("%o is refused", (given) => {
  expect(() => placeOf(given)).toThrow(/has no path|is no name for a model/);
});

test("a file is version 1; folders of numbers are versions, the newest last", async () => {
  const folder = folderOf({
    "one.safetensors": "",
    "plain/head.json": "",
    "plain/labels.txt": "",
    "plain/model.yaml": "",
    "plain/backbone.onnx": "",
    "many/2/head.json": "",
    "many/10/head.safetensors": "",
    "many/9/head.json": "",
    "many/README.md": "",
    "many/.hidden/x": "",
  });
  const at = (...names: string[]) => join(folder, ...names);
  const versions = (name: string) => versionsOf({ name: "x", path: at(name) });
  expect(await versions("one.safetensors")).toEqual([{ version: "1", head: at("one.safetensors") }]);
  expect(await versions("plain")).toEqual([
    {
      version: "1",
      head: at("plain", "head.json"),
      backbone: at("plain", "backbone.onnx"),
      labels: at("plain", "labels.txt"),
      settings: at("plain", "model.yaml"),
    },
  ]);
  expect((await versions("many")).map(({ version }) => version)).toEqual(["2", "9", "10"]);
});

test.each<[string, Record<string, string>, RegExp]>([
  ["nothing at all", {}, /there is no such file/],
  ["another file", { model: "x" }, /is no head: its name must end in/],
  [
    "an empty folder",
    { "model/x": "" },
    /model has no head.safetensors or head.json, and no folders of versions/,
  ],
  ["an empty version", { "model/1/head.json": "", "model/2/x": "" }, /model.2 has no head/],
  [
    "two heads",
    { "model/head.json": "", "model/head.safetensors": "" },
    /has both head.safetensors and head.json/,
  ],
  [
    "a head and versions",
    { "model/head.json": "", "model/1/head.json": "" },
    /both a head and folders of versions/,
  ],
])("%s is refused", async (_, files, message) => {
  await expect(versionsOf({ name: "x", path: join(folderOf(files), "model") })).rejects.toThrow(message);
});
