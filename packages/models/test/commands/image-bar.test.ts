import { expect, test, vi } from "vitest";
import { imageBar } from "../../src/commands/image-bar.js";

test("where there is no terminal, a line each tenth says how far images are", () => {
  const told: string[] = [];
  const spy = vi.spyOn(console, "error").mockImplementation((line: string) => {
    told.push(line);
  });
  const tell = imageBar();
  for (let done = 8; done < 45; done += 8) tell(Math.min(done, 45), 45);
  tell(45, 45);
  spy.mockRestore();
  expect(told).toEqual([
    "8 of 45 images",
    "16 of 45 images",
    "24 of 45 images",
    "32 of 45 images",
    "40 of 45 images",
    "45 of 45 images",
  ]);
});
