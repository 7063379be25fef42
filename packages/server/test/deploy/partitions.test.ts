import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  Field,
  FixedSizeList,
  Float32,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  tableFromArrays,
  tableFromIPC,
} from "apache-arrow";
import { describe, expect, test } from "vitest";
import { folderOf, headOf, rowsOf } from "../support/models.js";
import { SCORE, scored } from "./support/score.js";

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** A recipe in Python, over a stand-in for pyarrow. */
function run(
  engine: "spark" | "ray" | "schema" | "limit",
  command: readonly string[],
  input: Uint8Array,
  model = "model",
) {
  const { status, stdout, stderr } = spawnSync(
    "python3",
    [here("partitions.py"), engine, model, ...command],
    {
      input,
      env: { ...process.env, PYTHONPATH: here("pyarrow-standin"), PYTHONDONTWRITEBYTECODE: "1" },
      maxBuffer: 2 ** 28,
      timeout: 60_000,
    },
  );
  return { status, stdout: new Uint8Array(stdout), said: stderr.toString() };
}

/** A stream of some batches, of more bytes than a pipe holds. */
function stream(batches: number, rows = 10_000): Uint8Array {
  const writer = new RecordBatchStreamWriter();
  for (let batch = 0; batch < batches; batch++) {
    const value = Float64Array.from({ length: rows }, (_, row) => batch * rows + row);
    writer.write(tableFromArrays({ value }).batches[0]);
  }
  writer.finish();
  return writer.toUint8Array(true);
}

const EIGHT = stream(8);
/** In the place of `score`, with its flags as what sh calls $0, $1 …: what it gets it gives. */
const sh = (script: string) => ["sh", "-c", script];
const SAME = sh("cat");

test.each(["spark", "ray"] as const)("%s: all batches go through the command, in their order", (engine) => {
  const { status, stdout, said } = run(engine, SAME, EIGHT);
  expect(said).toBe("");
  expect(status).toBe(0);
  expect(Buffer.compare(stdout, EIGHT)).toBe(0);
});

test.each(["spark", "ray"] as const)(
  "%s: a command that fails fails the partition, with what it said",
  (engine) => {
    const { status, said } = run(engine, sh("cat > /dev/null; echo no such model >&2; exit 3"), EIGHT);
    expect(status).toBe(1);
    expect(said).toContain("sh ended with 3: no such model");
  },
);

test("spark: a command that fails before it reads is no broken pipe, but its own reason", () => {
  const { status, said } = run("spark", sh("echo no such model >&2; exit 3"), EIGHT);
  expect(status).toBe(1);
  expect(said).toContain("sh ended with 3: no such model");
});

test("spark: a command that is killed between two batches does not pass for one that has ended", () => {
  const { status, said } = run("spark", sh(`head -c ${stream(3).length - 8}; kill -9 $$`), EIGHT);
  expect(status).toBe(1);
  expect(said).toContain("sh ended with -9");
});

test("spark: a command that says much is read all the same", () => {
  const { status, stdout } = run("spark", sh("yes it goes on | head -c 1000000 >&2; cat"), EIGHT);
  expect(status).toBe(0);
  expect(Buffer.compare(stdout, EIGHT)).toBe(0);
});

test("spark: a partition that fails while it is fed fails, and ends the command", () => {
  const { status, said } = run("spark", SAME, EIGHT.subarray(0, EIGHT.length / 2));
  expect(status).toBe(1);
  expect(said).toContain("ArrowInvalid");
});

test("spark: who takes only the first batch does not wait for the others", () => {
  // The command is a process of its own under the shell, as it is under npx.
  const { status, stdout } = run("limit", sh("cat; true"), EIGHT);
  expect(status).toBe(0);
  expect(Buffer.compare(stdout, stream(1))).toBe(0);
});

test("the columns that come out are asked of the command, with no rows", () => {
  const { status, stdout } = run("schema", SAME, EIGHT);
  expect(status).toBe(0);
  const { schema, numRows } = tableFromIPC(stdout);
  expect(String(schema)).toBe(String(tableFromIPC(EIGHT).schema));
  expect(numRows).toBe(0);
});

describe("with the command itself", () => {
  const head = headOf({ features: 16, classes: 9 });
  const model = join(folderOf({ "head.safetensors": head.toSafetensors() }), "head.safetensors");
  const features = (batches: number): Uint8Array => {
    const type = new FixedSizeList(16, new Field("item", new Float32(), false));
    const schema = new Schema([new Field("features", type, false)]);
    const writer = new RecordBatchStreamWriter();
    for (let batch = 0; batch < batches; batch++) {
      const child = makeData({ type: new Float32(), data: rowsOf(500, 16, batch) });
      const list = makeData({ type, length: 500, nullCount: 0, child });
      const data = makeData({ type: new Struct(schema.fields), length: 500, nullCount: 0, children: [list] });
      writer.write(new RecordBatch(schema, data));
    }
    writer.finish();
    return writer.toUint8Array(true);
  };
  const input = features(5);
  const expected = scored(["--model", model], input);

  test.each(["spark", "ray"] as const)("%s: has the bytes of one process", (engine) => {
    const { status, stdout, said } = run(engine, SCORE, input, model);
    expect(said).toBe("");
    expect(status).toBe(0);
    expect(tableFromIPC(stdout).numRows).toBe(2500);
    expect(Buffer.compare(stdout, expected)).toBe(0);
  });

  test("spark: a partition that crashed in the middle and is tried again has the same bytes", () => {
    const half = ["sh", "-c", `"$@" | head -c ${expected.length >> 1}; kill -9 $$`, "sh", ...SCORE];
    const first = run("spark", half, input, model);
    expect(first.status).toBe(1);
    expect(first.said).toContain("ended with -9");
    expect(Buffer.compare(run("spark", SCORE, input, model).stdout, expected)).toBe(0);
  });

  test("spark: the columns are known before a row is scored", () => {
    const { stdout } = run("schema", SCORE, input, model);
    expect(String(tableFromIPC(stdout).schema)).toBe(String(tableFromIPC(expected).schema));
  });

  test("a model that is not there is told by its path", () => {
    const { status, said } = run("spark", SCORE, input, "/nowhere/head.safetensors");
    expect(status).toBe(1);
    expect(said).toContain("/nowhere/head.safetensors");
  });
});
