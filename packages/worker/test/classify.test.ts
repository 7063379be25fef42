import { backend } from "fixed-classifier";
import { describe, expect, test } from "vitest";
import { classes, expected, features, fileOf, rowsOf, toLists } from "./support/model.js";
import { ask, bytesOf, FLOAT32, post, useWorker } from "./support/worker.js";

useWorker();

const resultsOf = async (response: Response) => {
  expect(response.status).toBe(200);
  expect(response.headers.get("Content-Type")).toMatch(/^application\/json/);
  return ((await response.json()) as { results: unknown }).results;
};

describe(`the same bits as ${backend.name} ${backend.instructionSet} in Node`, () => {
  test.each([1, 2, 7, 100, 256])("%i rows, every k, as JSON and as float32", async (count) => {
    const x = rowsOf(count);
    for (let k = 1; k <= classes; k++) {
      const rankings = expected(x, k);
      const json = JSON.stringify({ features: toLists(x) });
      expect(await resultsOf(await post(json, "application/json", `/classify?k=${k}`))).toEqual(rankings);
      expect(await resultsOf(await post(bytesOf(x), FLOAT32, `/classify?k=${k}`))).toEqual(rankings);
    }
  });

  test.each([0, -0, 1e-45, 1e-38, 1e-20, 1e20, 3.4e38])("features of %d", async (value) => {
    const x = rowsOf(1).map((feature) => Math.sign(feature) * value);
    const rankings = expected(x, classes);
    expect(rankings[0]?.scores.every(Number.isFinite)).toBe(true);
    expect(await resultsOf(await post(bytesOf(x), FLOAT32, `/classify?k=${classes}`))).toEqual(rankings);
  });

  test("numbers of JSON are rounded to float32, to nearest", async () => {
    const row = Array.from({ length: features }, (_, i) => Math.PI * Math.sin(i + 1));
    const rankings = expected(Float32Array.from(row), 5);
    expect(await resultsOf(await post(JSON.stringify({ features: row })))).toEqual(rankings);
  });
});

test("the examples are classified as what they are, but for few", async () => {
  const ten = new Uint8Array(fileOf("examples/one-of-each.f32"));
  const results = (await resultsOf(await post(ten, FLOAT32, "/classify?k=1"))) as { classes: number[] }[];
  expect(results.filter((result, label) => result.classes[0] === label).length).toBeGreaterThanOrEqual(8);
  const boot = (await resultsOf(await post(fileOf("examples/ankle-boot.json").toString()))) as {
    names: string[];
  }[];
  expect(boot.map((result) => result.names[0])).toEqual(["ankle boot"]);
});

test("k is 5 when the address does not say", async () => {
  const x = rowsOf(1);
  expect(await resultsOf(await post(bytesOf(x), FLOAT32))).toEqual(expected(x, 5));
});

test("a list of one row is a batch of one, and no rows are a batch too", async () => {
  const x = rowsOf(1);
  const [row] = toLists(x);
  expect(await resultsOf(await post(JSON.stringify({ features: row })))).toEqual(expected(x, 5));
  expect(await resultsOf(await post(JSON.stringify({ features: [row] })))).toEqual(expected(x, 5));
  expect(await resultsOf(await post('{ "features": [] }'))).toEqual([]);
  expect(await resultsOf(await post(undefined, FLOAT32))).toEqual([]);
});

test.each(["application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"'])("as %s", async (type) => {
  const x = rowsOf(2);
  expect(await resultsOf(await post(JSON.stringify({ features: toLists(x) }), type))).toEqual(expected(x, 5));
});

test("some hundred requests, sixteen at a time, each with an answer of its own", async () => {
  const rows = toLists(rowsOf(400));
  let next = 0;
  const asking = Array.from({ length: 16 }, async () => {
    for (let row = rows[next++]; row !== undefined; row = rows[next++]) {
      const x = Float32Array.from(row);
      expect(await resultsOf(await post(bytesOf(x), FLOAT32))).toEqual(expected(x, 5));
    }
  });
  await Promise.all(asking);
  expect(next).toBeGreaterThanOrEqual(400);
  expect((await ask("/health")).status).toBe(200);
});
