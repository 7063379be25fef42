import { expect, test } from "vitest";
import { main } from "../../examples/onnxruntime-web.js";

test("an exported head gives its logits in a browser", async (context) => {
  const lines: string[] = [];
  const result = await main({ rounds: 1, calls: 1, print: (line) => lines.push(line) });
  if (result === null) context.skip(lines[0]);
  expect(result?.difference).toBeLessThan(1e-4);
  expect(lines).toHaveLength(2);
  for (const line of lines)
    expect(line).toMatch(/ in Chrom\S+: \S+ ms with the dense layer, \S+ ms with the fixed one$/);
});
