import { expect, test } from "vitest";
import { main } from "../../examples/tensorflow.js";

test("pictures keep their best class with a product code behind a network of TensorFlow.js", async () => {
  const lines: string[] = [];
  const result = await main({ milliseconds: 20, print: (line) => lines.push(line) });
  expect(result.same).toBeGreaterThanOrEqual(result.pictures - 1);
  expect(lines[2]).toMatch(
    /^a picture takes \S+ ms, then \S+ ms with the original last layer, \S+ ms with ours$/,
  );
});
