import { tableFromIPC, vectorFromArray } from "apache-arrow";
import { expect, test } from "vitest";
import { Budget } from "../../src/score/bytes/budget.js";
import { bytesOf, rangeOf, sizeText } from "../../src/score/size.js";
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
      /a batch needs (8\.9|9\.4)MB, and --memory allows 8MB; raise --memory, or write smaller batches$/,
    );
  }
});

test("what a message says that is needed is more than what it says is allowed, and is enough", async () => {
  const rows = Array.from({ length: 9000 }, (_, r) => rowsOf(1, WIDTH, r));
  const batch = table([[features("x", rows, { width: WIDTH })]]);
  const told = async (memory: number): Promise<string> => {
    const refused: Error = await scored(head, batch, { memory, quantities: ["class"] }).then(
      () => expect.fail("it is enough"),
      (error) => error,
    );
    const [, needed, allowed] = /a batch needs (\S+), and --memory allows (\S+);/.exec(refused.message) ?? [];
    expect(bytesOf("--memory", needed)).toBeGreaterThan(memory);
    expect(bytesOf("--memory", allowed)).toBeLessThanOrEqual(memory);
    return needed;
  };
  const needed = await told(1e6);
  for (const memory of [999, 70_000, 999_999, 2 ** 20, 1_295_999]) expect(await told(memory)).toBe(needed);
  await expect(scored(head, batch, { memory: 1 })).rejects.toThrow(
    /a message without its rows needs \d+B, and --memory allows 1B; raise --memory$/,
  );
  await scored(head, batch, { memory: bytesOf("--memory", needed), quantities: ["class"] });
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
    "a group of 3000 rows needs 4.4MB, and --memory allows 100kB; raise --memory, or write smaller groups",
  );
  await expect(scored(head, bytes, { memory: 4.5e6 })).rejects.toThrow(
    /a page of the column "x" needs 5\.\d+MB, and --memory allows 4\.5MB; raise --memory, or write smaller pages/,
  );
  await scored(head, bytes, { memory: 6e6 });
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

test("sizes are said as they are given, rounded away from each other", () => {
  expect([sizeText(1_000_001, "up"), sizeText(1_000_001, "down")]).toEqual(["1.1MB", "1MB"]);
  expect([sizeText(9.2e6, "up"), sizeText(9.2e6, "down")]).toEqual(["9.2MB", "9.2MB"]);
  expect([sizeText(7, "up"), sizeText(70_000, "down"), sizeText(3.08e9, "up")]).toEqual([
    "7B",
    "70kB",
    "3.1GB",
  ]);
  for (const bytes of [1, 999, 1000, 1001, 999_999, 1e6, 123_456_789, 2 ** 40]) {
    expect(bytesOf("--memory", sizeText(bytes, "up"))).toBeGreaterThanOrEqual(bytes);
    expect(bytesOf("--memory", sizeText(bytes, "down"))).toBeLessThanOrEqual(bytes);
  }
});
