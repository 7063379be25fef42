import { expect, test } from "vitest";
import { main } from "../../examples/last-layers.js";

test("prints times and bytes of a dense and a fixed last layer", async () => {
  const lines: string[] = [];
  const sizes = [{ features: 256, classes: 100 }];
  await main({ sizes, milliseconds: 20, print: (line) => lines.push(line) });
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/^256 → 100, 1 rows: dense \S+ ms, fixed \S+ ms .*, the core \S+ ms$/);
  const [, dense, fixed] = /dense (\d+) bytes, fixed (\d+) bytes/.exec(lines[2]) ?? [];
  expect(Number(fixed)).toBeLessThan(Number(dense) / 10);
});
