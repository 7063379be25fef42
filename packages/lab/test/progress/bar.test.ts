import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { bar } from "../../src/progress/bar.js";

test("whatever ends a process, the terminal has its cursor again", () => {
  const before = process.listeners("exit");
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  const progress = bar(stream as unknown as NodeJS.WriteStream);
  progress.begin("learned", 3);
  expect(String(stream.read())).toContain("\u001b[?25l");
  const added = process.listeners("exit").filter((listener) => !before.includes(listener));
  for (const listener of added) {
    listener(1);
    process.off("exit", listener);
  }
  expect(String(stream.read())).toContain("\u001b[?25h");
});
