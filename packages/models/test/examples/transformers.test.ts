import { expect, test } from "vitest";
import { main } from "../../examples/transformers.js";

test("sentences are understood as well with a product code", async () => {
  const lines: string[] = [];
  const result = await main({ milliseconds: 20, print: (line) => lines.push(line) });
  expect(result.dense).toBeGreaterThanOrEqual(22);
  expect(result.product).toBeGreaterThanOrEqual(22);
  expect(lines[1]).toMatch(/ ms with the original last layer, \S+ ms with ours$/);
});
