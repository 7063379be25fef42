import { expect, test } from "vitest";
import { main } from "../../examples/onnxruntime-node.js";

test("a text recogniser reads the same with its last layer as a product code", async () => {
  const lines: string[] = [];
  await main({ milliseconds: 20, print: (line) => lines.push(line) });
  const [bytes, ...rest] = lines;
  const [before, after] = [...bytes.matchAll(/\d+(?= bytes)|\d+$/g)].map(Number);
  expect(after).toBeLessThan(before / 6);
  expect(rest[1]).toBe("314159 is read as 314159, with the product code as 314159");
  for (const line of rest.slice(0, 3)) expect(line).toMatch(/ as (\d+), with the product code as \1$/);
  expect(rest[3]).toMatch(/ ms with the original last layer, \S+ ms with ours; by itself \S+ ms and \S+ ms$/);
});
