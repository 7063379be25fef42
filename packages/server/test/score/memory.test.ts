import { tableFromIPC, vectorFromArray } from "apache-arrow";
import { expect, test } from "vitest";
import { Budget } from "../../src/score/bytes/budget.js";
import { bytesOf, rangeOf } from "../../src/score/size.js";
import { headOf, rowsOf } from "../support/models.js";
import { passedOn } from "./support/messages.js";
import { parquetOf } from "./support/parquet.js";
import { scored } from "./support/run.js";
import { column, features, table } from "./support/tables.js";

const WIDTH = 20;
const head = headOf();

test("a batch larger than the memory is scored by parts where it comes from a file", async () => {
  const count = 60_000;
  const numbers = rowsOf(count, WIDTH);
  const rows = Array.from({ length: count }, (_, r) =>
    r % 1000 === 7 ? null : numbers.subarray(r * WIDTH, (r + 1) * WIDTH),
  );
  for (const list of ["fixed", "large"] as const) {
    const columns = [
      features("x", rows, { width: WIDTH, list }),
      column("n", vectorFromArray(Int32Array.from(rows, (_, r) => r))),
    ];
    const file = table([columns], "file");
    const whole = await scored(head, file, { memory: 2 ** 28, quantities: ["class", "score"] });
    // Fewer bytes than the batch and its results have, and as many as are needed besides.
    const memory = list === "fixed" ? 8.2e6 : 9.2e6;
    const parts = await scored(head, file, { memory, quantities: ["class", "score"] });
    expect(Buffer.compare(whole, parts)).toBe(0);
    expect(passedOn(file, parts)).toBe(true);
    expect(tableFromIPC(parts).getChild("class")?.nullCount).toBe(60);
    await expect(scored(head, table([columns]), { memory: 8e6 })).rejects.toThrow(
      "--memory allows 8 MiB; raise --memory, or write smaller batches",
    );
  }
});

test("a page or a group of rows that is too large for the memory is refused", async () => {
  const numbers = rowsOf(3000, WIDTH);
  const rows = Array.from({ length: 3000 }, (_, r) =>
    Array.from(numbers.subarray(r * WIDTH, (r + 1) * WIDTH)),
  );
  const bytes = parquetOf(rows, {
    number: "f32",
    encoding: "plain",
    pages: 1,
    pageEntries: 60_000,
    groupRows: 3000,
  });
  await expect(scored(head, bytes, { memory: 100_000 })).rejects.toThrow(
    "raise --memory, or write smaller groups",
  );
});

test("memory is given to who comes next when it is there", async () => {
  const budget = new Budget(100);
  const first = await budget.take(60);
  let isTaken = false;
  const second = budget.take(50).then((release) => {
    isTaken = true;
    return release;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(isTaken).toBe(false);
  first();
  first();
  const release = await second;
  expect(isTaken).toBe(true);
  release();
  // What is larger than all is taken when nothing else is.
  (await budget.take(1000))();
});

test("sizes and ranges are read as they are meant", () => {
  expect(bytesOf("--memory", "512MB")).toBe(512e6);
  expect(bytesOf("--memory", "1.5 GiB")).toBe(1.5 * 2 ** 30);
  expect(bytesOf("--memory", "70000")).toBe(70000);
  for (const wrong of ["", "x", "12XB", "-1MB", "0", "1e9", "MB", "1 000"]) {
    expect(() => bytesOf("--memory", wrong)).toThrow(`"${wrong}" is no size`);
  }
  expect(rangeOf("--row-groups", "0:16")).toEqual({ first: 0, end: 16 });
  expect(rangeOf("--row-groups", "3:")).toEqual({ first: 3, end: Number.POSITIVE_INFINITY });
  expect(rangeOf("--row-groups", ":2")).toEqual({ first: 0, end: 2 });
  for (const wrong of ["", "4", "4:2", "-1:2", "a:b", "1:2:3"]) {
    expect(() => rangeOf("--row-groups", wrong)).toThrow(`"${wrong}" is no range`);
  }
});
