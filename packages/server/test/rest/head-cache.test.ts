import { expect, test } from "vitest";
import { HeadCache } from "../../src/rest/head-cache.js";

const json = (more: object = {}, input: object = { parameters: { binary_data_size: 4 } }) =>
  Buffer.from(
    JSON.stringify({ inputs: [{ name: "x", datatype: "FP32", shape: [1, 1], ...input }], ...more }),
  );

test("the same JSON is read once, without an id, numbers or a great length", () => {
  const heads = new HeadCache();
  const same = (bytes: Buffer) => heads.read(bytes) === heads.read(Buffer.from(bytes));
  expect(same(json())).toBe(true);
  expect(same(json({ id: "1" }))).toBe(false);
  expect(same(json({}, { data: [1] }))).toBe(false);
  expect(same(json({ more: "x".repeat(600) }))).toBe(false);
});

test("other JSON is another head, however much there is of it", () => {
  const heads = new HeadCache();
  for (const _ of [1, 2]) {
    for (let i = 0; i < 1000; i++) {
      const { outputs } = heads.read(json({ outputs: [{ name: `y${i}` }] }));
      expect(outputs[0].name).toBe(`y${i}`);
    }
  }
});
