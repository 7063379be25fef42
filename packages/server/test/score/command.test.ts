import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tableFromIPC } from "apache-arrow";
import { beforeAll, describe, expect, test } from "vitest";
import { folderOf, headOf, rowsOf } from "../support/models.js";
import { parquetOf } from "./support/parquet.js";
import { features, table } from "./support/tables.js";

const COMMAND = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const WIDTH = 20;
const head = headOf();

const rows = (count: number, seed = 0): Float32Array[] => {
  const numbers = rowsOf(count, WIDTH, seed);
  return Array.from({ length: count }, (_, r) => numbers.subarray(r * WIDTH, (r + 1) * WIDTH));
};

let folder: string;
let model: string;
beforeAll(() => {
  folder = folderOf({
    "model/head.safetensors": head.toSafetensors(),
    "model/labels.txt": "a\nb\nc\nd\ne\nf\ng\n",
    "table.arrows": table([[features("x", rows(50), { width: WIDTH })]]),
    "table.arrow": table([[features("x", rows(50), { width: WIDTH })]], "file"),
    "table.parquet": parquetOf(
      rows(50).map((row) => Array.from(row)),
      { number: "f32", encoding: "plain", pages: 2, pageEntries: 100, groupRows: 10 },
    ),
    "other.arrow": table([[features("x", [[1, 2]], { width: 2 })]], "file"),
  });
  model = join(folder, "model");
});

interface Ended {
  readonly status: number | null;
  readonly out: Buffer;
  readonly said: string;
}

function start(...args: string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, [COMMAND, "score", ...args], { stdio: ["pipe", "pipe", "pipe"] });
  const out: Buffer[] = [];
  const said: Buffer[] = [];
  child.stderr?.on("data", (bytes) => said.push(bytes));
  child.stdin?.on("error", () => {});
  const ended = new Promise<Ended>((resolve) => {
    child.once("close", (status) =>
      resolve({ status, out: Buffer.concat(out), said: Buffer.concat(said).toString() }),
    );
  });
  child.stdout?.on("data", (bytes) => out.push(bytes));
  return { child, ended };
}

const run = (...args: string[]): Promise<Ended> => {
  const { child, ended } = start(...args);
  child.stdin?.end();
  return ended;
};

const until = async (holds: () => boolean): Promise<void> => {
  for (let k = 0; k < 1500 && !holds(); k++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(holds()).toBe(true);
};

test("a stream comes in and goes out, and nothing else does", async () => {
  const { child, ended } = start("--model", model, "--top", "2");
  child.stdin?.end(readFileSync(join(folder, "table.arrows")));
  const { status, out, said } = await ended;
  expect([status, said]).toEqual([0, ""]);
  const result = tableFromIPC(out);
  expect(result.schema.fields.map(({ name }) => name)).toEqual([
    "x",
    "class",
    "score",
    "probability",
    "label",
  ]);
  const { classes } = head.topK(rowsOf(50, WIDTH), 2);
  expect(
    Array.from(result.getChild("class") ?? []).flatMap((list) => Array.from(list as Iterable<number>)),
  ).toEqual(Array.from(classes));
});

test("a file goes to a pipe as a stream", async () => {
  const { status, out } = await run("--model", model, join(folder, "table.arrow"), "--columns", "class");
  expect(status).toBe(0);
  expect(out.readUInt32LE(0)).toBe(0xffffffff);
  expect(tableFromIPC(out).numRows).toBe(50);
});

test("files are written beside their name and renamed", async () => {
  for (const name of ["table.arrow", "table.parquet", "table.arrows"]) {
    const target = join(folder, `scored-${name}`);
    writeFileSync(target, "before");
    const { status, out, said } = await run("--model", model, join(folder, name), "--out", target);
    expect([status, out.length, said]).toEqual([0, 0, ""]);
    expect(statSync(target).size).toBeGreaterThan(1000);
    // A head by itself gives the same, with names of its own.
    const again = join(folder, `again-${name}`);
    const labels = ["--labels", join(model, "labels.txt")];
    await run("--model", join(model, "head.safetensors"), ...labels, join(folder, name), "--out", again);
    expect(Buffer.compare(readFileSync(target), readFileSync(again))).toBe(0);
  }
  expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
});

describe("refused", () => {
  const cases: [string, (place: (name: string) => string) => string[], string][] = [
    ["a head of another width", (at) => [at("other.arrow")], "has 2 numbers a row, but the head takes 20"],
    ["a table that there is not", (at) => [at("none.arrow")], "there is no such file"],
    ["a folder", () => [folder], "is no file; give a file, or -"],
    ["too many classes", (at) => [at("table.arrow"), "--top", "8"], "the head has 7 classes"],
    ["half a class", (at) => [at("table.arrow"), "--top", "1.5"], '"1.5" is no number of classes'],
    [
      "a column that there is not",
      (at) => [at("table.arrow"), "--columns", "logits"],
      'there is no "logits"',
    ],
    ["no memory", (at) => [at("table.arrow"), "--memory", "lots"], '"lots" is no size'],
    ["groups of Arrow", (at) => [at("table.arrow"), "--row-groups", "0:1"], "is no Parquet file"],
    ["groups beyond the end", (at) => [at("table.parquet"), "--row-groups", "9:"], "has 5 groups of rows"],
  ];
  test.each(cases)("%s", async (_, args, message) => {
    const target = join(folder, "refused");
    const { status, out, said } = await run(
      "--model",
      model,
      "--out",
      target,
      ...args((name) => join(folder, name)),
    );
    expect([status, out.length]).toEqual([1, 0]);
    expect(said).toMatch(/^error: .*\n$/);
    expect(said).toContain(message);
    expect(readdirSync(folder).filter((name) => name.startsWith("refused"))).toEqual([]);
  });

  test("Parquet on standard output, and a device as a file", async () => {
    const { status, said } = await run("--model", model, join(folder, "table.parquet"));
    expect([status, said.includes("give a file for Parquet by --out")]).toEqual([1, true]);
    const device = await run("--model", model, join(folder, "table.parquet"), "--out", "/dev/null");
    expect([device.status, device.said.includes("it is no file")]).toEqual([1, true]);
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
  });

  test("bytes that are no table, while who writes them waits", async () => {
    const { child, ended } = start("--model", model);
    child.stdin?.write("id,x\n1,2\n3,4\n");
    const { status, said } = await ended;
    expect([status, said.includes("standard input is damaged or no Arrow table")]).toEqual([1, true]);
  });

  test.each([
    ["table.arrow", "an Arrow file"],
    ["table.parquet", "Parquet"],
  ])("%s on standard input, which cannot be read from its end", async (name, what) => {
    const { child, ended } = start("--model", model);
    child.stdin?.end(readFileSync(join(folder, name)));
    const { status, said } = await ended;
    expect([status, said]).toEqual([
      1,
      `error: standard input is ${what}, where only an Arrow stream can come; give the file by its name\n`,
    ]);
  });

  test.runIf(existsSync("/dev/full"))("a full disc behind standard output is told", () => {
    const full = openSync("/dev/full", "w");
    const { status, stderr } = spawnSync(
      process.execPath,
      [COMMAND, "score", "--model", model, join(folder, "table.arrows")],
      { stdio: ["ignore", full, "pipe"], encoding: "utf8" },
    );
    closeSync(full);
    expect([status, stderr.includes("error: standard output cannot be written: ")]).toEqual([1, true]);
  });

  test("a stream that ends in the middle: what went out has no end either", async () => {
    const { child, ended } = start("--model", model);
    const bytes = readFileSync(join(folder, "table.arrows"));
    child.stdin?.end(bytes.subarray(0, bytes.length - 100));
    const { status, said } = await ended;
    expect([status, said.includes("is cut off")]).toEqual([1, true]);
  });
});

/** A stream in parts that do not end, for a command that is to be caught at work. */
const endless = (): { first: Buffer; batch: Buffer } => {
  const one = table([[features("x", rows(5000), { width: WIDTH })]]);
  const two = table([
    [features("x", rows(5000), { width: WIDTH })],
    [features("x", rows(5000, 1), { width: WIDTH })],
  ]);
  const end = 8;
  return {
    first: Buffer.from(one.subarray(0, one.length - end)),
    batch: Buffer.from(two.subarray(one.length - end, -end)),
  };
};

test.each(["SIGTERM", "SIGINT", "SIGKILL"] as const)(
  "%s in mid-work leaves nothing at the final name",
  async (signal) => {
    const target = join(folder, `killed-${signal}`);
    const { child, ended } = start("--model", model, "--out", target);
    const { first, batch } = endless();
    child.stdin?.write(first);
    for (let k = 0; k < 5; k++) child.stdin?.write(batch);
    const parts = (): string[] => readdirSync(folder).filter((name) => name.startsWith(`killed-${signal}`));
    await until(() => parts().some((name) => statSync(join(folder, name)).size > 1e6));
    child.kill(signal);
    const { status } = await ended;
    expect(status).toBe({ SIGTERM: 143, SIGINT: 130, SIGKILL: null }[signal]);
    expect(existsSync(target)).toBe(false);
    if (signal !== "SIGKILL") expect(parts()).toEqual([]);
  },
);

test("who reads may stop: nothing is said, and the status is that of a broken pipe", async () => {
  const { child, ended } = start("--model", model);
  const { first, batch } = endless();
  let isGone = false;
  child.once("exit", () => {
    isGone = true;
  });
  child.stdout?.once("data", () => child.stdout?.destroy());
  child.stdin?.write(first);
  await until(() => {
    child.stdin?.write(batch);
    return isGone;
  });
  const { status, said } = await ended;
  expect([status, said]).toEqual([141, ""]);
});

/** util-linux's, which gives a command a terminal. */
const canType = spawnSync("script", ["--version"]).status === 0;

test.runIf(canType)("on a terminal a bar shows how far it is, and standard output has only the table", () => {
  const seen = (...args: string[]) => {
    const line = [process.execPath, COMMAND, "score", "--model", model, join(folder, "table.arrow"), ...args];
    const out = join(folder, "typed.arrows");
    const command = `'${line.join("' '")}' > '${out}'`;
    const { status, stdout } = spawnSync("script", ["-qec", command, "/dev/null"], { encoding: "utf8" });
    return { status, said: stdout, out: readFileSync(out) };
  };
  const { status, said, out } = seen();
  expect([status, tableFromIPC(out).numRows]).toEqual([0, 50]);
  expect(said).toContain("100 % | 50 rows");
  const refused = seen("--top", "8");
  expect([refused.status, refused.out.length]).toEqual([1, 0]);
  expect(refused.said).toMatch(/^error: .*the head has 7 classes.*\r\n$/);
});

test("no more is read than can be written: memory stays bounded", async () => {
  const child = spawn(process.execPath, [COMMAND, "score", "--model", model, "--memory", "4MB"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const { first, batch } = endless();
  child.stdin.write(first);
  const many = 80;
  for (let k = 0; k < many; k++) child.stdin.write(batch);
  // Nobody reads yet: of 32 MB all but some batches wait outside.
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(child.stdin.writableLength).toBeGreaterThan(20e6);
  child.stdin.end(Buffer.from([255, 255, 255, 255, 0, 0, 0, 0]));
  const out: Buffer[] = [];
  for await (const bytes of child.stdout) out.push(bytes);
  expect(tableFromIPC(Buffer.concat(out)).numRows).toBe(5000 * (many + 1));
});
