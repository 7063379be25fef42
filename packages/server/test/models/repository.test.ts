import { rmSync } from "node:fs";
import { join } from "node:path";
import { FixedClassifier } from "fixed-classifier";
import { expect, test } from "vitest";
import { placeOf } from "../../src/models/places.js";
import { Models } from "../../src/models/repository.js";
import { folderOf, headOf, put, rowsOf } from "../support/models.js";

const bytes = (classes: number) => headOf({ classes }).toSafetensors();

async function modelsOf(files: Record<string, string | Uint8Array>) {
  const folder = folderOf(
    Object.fromEntries(Object.entries(files).map(([name, file]) => [`m/${name}`, file])),
  );
  const path = join(folder, "m");
  const models = new Models([placeOf(path)]);
  return { models, path, load: () => models.loadAll() };
}

test("ready when all models are", async () => {
  const { models, load } = await modelsOf({ "head.safetensors": bytes(5) });
  expect(models.isReady).toBe(false);
  expect(models.isModelReady("m", "")).toBe(false);
  expect(() => models.find("m", "")).toThrow(/"m" is not ready: it has not been loaded yet/);
  expect(models.index()).toEqual([
    { name: "m", version: "", state: "UNAVAILABLE", reason: "it has not been loaded yet" },
  ]);
  const loading = load();
  await Promise.resolve();
  expect(models.index()[0].state).toBe("LOADING");
  await loading;
  expect(models.isReady).toBe(true);
  expect(models.index()).toEqual([{ name: "m", version: "1", state: "READY", reason: "" }]);
});

test("the newest version answers, others by name", async () => {
  const { models, load } = await modelsOf({
    "9/head.safetensors": bytes(5),
    "10/head.safetensors": bytes(6),
  });
  await load();
  expect(models.find("m", "").version).toBe("10");
  expect(models.find("m", "9").head.classes).toBe(5);
  expect(models.versions("m")).toEqual(["9", "10"]);
  expect(() => models.find("m", "11")).toThrow(/no version "11", but 9, 10/);
});

test("a swap puts the new one in place when it has been tried; a bad one changes nothing", async () => {
  const { models, load, path } = await modelsOf({ "head.safetensors": bytes(5) });
  await load();
  const before = models.find("m", "");
  put(join(path, "head.safetensors"), bytes(6));
  expect(models.find("m", "")).toBe(before);
  await models.load("m");
  expect(models.find("m", "").head.classes).toBe(6);
  expect(before.head.forward(rowsOf(1, 20))).toHaveLength(5);
  put(join(path, "head.safetensors"), "no head");
  await expect(models.load("m")).rejects.toMatchObject({
    failure: "invalid",
    message: expect.stringMatching(/"m" was not loaded: .*head.safetensors is no head/),
  });
  expect(models.find("m", "").head.classes).toBe(6);
  expect(models.isReady).toBe(true);
  expect(models.index()[0]).toMatchObject({
    state: "READY",
    reason: expect.stringMatching(/last load failed/),
  });
});

test("an unloaded model is gone for new requests, is not waited for, and can come back", async () => {
  const { models, load } = await modelsOf({ "head.safetensors": bytes(5) });
  await load();
  await models.unload("m");
  expect(models.isReady).toBe(true);
  expect(() => models.find("m", "")).toThrow(
    expect.objectContaining({ failure: "unavailable", message: expect.stringMatching(/it was unloaded/) }),
  );
  await models.load("m");
  expect(models.find("m", "").version).toBe("1");
  for (const change of [() => models.load("x"), () => models.unload("x")]) {
    await expect((async () => change())()).rejects.toMatchObject({ failure: "not-found" });
  }
});

test("loads and unloads that overlap come one after the other", async () => {
  const { models, load } = await modelsOf({ "head.safetensors": bytes(5) });
  await Promise.all([load(), models.unload("m"), models.load("m"), models.unload("m")]);
  expect(models.isModelReady("m", "")).toBe(false);
  await Promise.all([models.load("m"), models.unload("m"), models.load("m")]);
  expect(models.isModelReady("m", "")).toBe(true);
});

test("two models of one name are refused", () => {
  expect(() => new Models([placeOf("a/m.json"), placeOf("b/m.json")])).toThrow(/two models are called "m"/);
});

test("json, labels and settings go with the head", async () => {
  const head = headOf({ classes: 3 });
  const { models, load } = await modelsOf({
    "head.json": JSON.stringify(head),
    "labels.txt": "\uFEFFcat\r\n\r\ndog: small\r\n",
    "model.yaml": "outputs: [probabilities]\nfeatureScale: 0.5\n",
  });
  await load();
  const model = models.find("m", "");
  expect(model.labels).toEqual(["cat", "", "dog: small"]);
  expect(model.outputs).toEqual([{ name: "probabilities", datatype: "FP32", shape: [-1, 3] }]);
  expect(model.featureScale).toBe(0.5);
  expect(model.rowCost).toBeGreaterThan(0);
  const again = FixedClassifier.fromSafetensors(new Uint8Array(model.headFile.bytes));
  expect(again.forward(rowsOf(2, 20))).toEqual(head.forward(rowsOf(2, 20)));
});

test.each<[Record<string, string>, RegExp]>([
  [{ "labels.txt": "cat\ndog\n" }, /labels.txt has 2 lines, but the head has 3 classes/],
  [{ "model.yaml": "outputs: []" }, /model.yaml: outputs must/],
  [{ "model.yaml": "outputs: [logits, logits]" }, /model.yaml: outputs must/],
  [{ "model.yaml": "outputs: [energy]" }, /model.yaml: outputs must/],
  [{ "model.yaml": "output: [logits]" }, /model.yaml: it has no key "output"/],
  [{ "model.yaml": "featureScale: 0" }, /model.yaml: featureScale must/],
  [{ "model.yaml": "featureScale: 1e39" }, /model.yaml: featureScale must/],
  [{ "model.yaml": "- x" }, /model.yaml: it must be/],
  [{ "model.yaml": "a: [" }, /model.yaml: /],
  [{ "head.json": "{" }, /head.json is no head/],
  [{ "head.json": "{}" }, /head.json is no head/],
])("%j is refused", async (files, message) => {
  const { load } = await modelsOf({ "head.json": JSON.stringify(headOf({ classes: 3 })), ...files });
  await expect(load()).rejects.toThrow(message);
});

test("a model whose files have gone stays", async () => {
  const { models, load, path } = await modelsOf({ "head.safetensors": bytes(5) });
  await load();
  rmSync(path, { recursive: true });
  await expect(models.load("m")).rejects.toThrow(/there is no such file/);
  expect(models.isModelReady("m", "")).toBe(true);
});
