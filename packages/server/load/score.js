// npm run load -- score: bulk scoring beside reading and writing the same table without a head, one after the other, medians.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  Field,
  FixedSizeList,
  Float32,
  Int32,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  Schema,
  Struct,
} from "apache-arrow";
import { FixedClassifier } from "fixed-classifier";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { parquetWriteFile } from "hyparquet-writer";

const COMMAND = fileURLToPath(new URL("../dist/cli.js", import.meta.url));

/** @param {string[]} args */
export async function run(args) {
  const { values } = parseArgs({
    args,
    options: {
      format: { type: "string", default: "arrow" },
      rows: { type: "string", default: "2000000" },
      features: { type: "string", default: "384" },
      classes: { type: "string", default: "1000" },
      batch: { type: "string", default: "65536" },
      top: { type: "string", default: "1" },
      columns: { type: "string", default: "class,score" },
      pairs: { type: "string", default: "5" },
      memory: { type: "string", default: "512MB" },
      folder: { type: "string", default: tmpdir() },
    },
  });
  const [rows, features, classes, batch, pairs] = [
    values.rows,
    values.features,
    values.classes,
    values.batch,
    values.pairs,
  ].map(Number);
  const folder = mkdtempSync(join(values.folder, "fixed-classifier-score-"));
  try {
    const table = join(folder, `features.${values.format}`);
    const model = join(folder, "head.safetensors");
    writeFileSync(model, new FixedClassifier({ features, classes }).toSafetensors());
    if (values.format === "parquet") await makeParquet(table, rows, features, batch);
    else await makeArrow(table, rows, features, batch);
    const { size } = statSync(table);
    console.log(
      `${rows} rows × ${features} float32, ${(size / 1e9).toFixed(2)} GB of ${values.format} in batches of ${batch}; ${classes} classes, top ${values.top}, ${values.columns}; --memory ${values.memory}`,
    );
    const scored = join(folder, "scored");
    const line = [table, "--out", scored, "--model", model, "--memory", values.memory, "--top", values.top];
    /** @type {{ without: Measured[], with: Measured[] }} */
    const measured = { without: [], with: [] };
    for (let pair = -1; pair < pairs; pair++) {
      const without = await timed([...line, "--columns", "none"]);
      const withHead = await timed([...line, "--columns", values.columns]);
      // The first of each only brings the file into memory.
      if (pair < 0) continue;
      measured.without.push(without);
      measured.with.push(withHead);
      console.log(
        `${without.seconds.toFixed(2)} s without, ${withHead.seconds.toFixed(2)} s with a head; processors ${without.cpu.toFixed(2)} s and ${withHead.cpu.toFixed(2)} s; peak ${mib(without.peak)} and ${mib(withHead.peak)}`,
      );
    }
    const seconds = (/** @type {Measured[]} */ all) => median(all.map((one) => one.seconds));
    const paired = (/** @type {"seconds" | "cpu"} */ what) =>
      median(measured.with.map((one, k) => one[what] / measured.without[k][what])).toFixed(2);
    console.log(
      `median ${seconds(measured.without).toFixed(2)} s without, ${seconds(measured.with).toFixed(2)} s with a head (${Math.round(rows / seconds(measured.with))} rows/s), ${paired("seconds")} × in pairs, ${paired("cpu")} × of processors; peak ${mib(Math.max(...measured.with.map(({ peak }) => peak)))}`,
    );
    if (values.format === "parquet") {
      const begin = process.hrtime.bigint();
      await byLibraries(table, scored);
      console.log(
        `${(Number(process.hrtime.bigint() - begin) / 1e9).toFixed(2)} s to read and write it by hyparquet and hyparquet-writer`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * What reading and writing costs who takes the table apart: once, as it is slow.
 * @param {string} from
 * @param {string} to
 */
async function byLibraries(from, to) {
  const file = await asyncBufferFromFile(from);
  const metadata = await parquetMetadataAsync(file);
  /** @type {{ id: number, features: number[] }[]} */
  const rows = [];
  let first = 0;
  for (const group of metadata.row_groups) {
    const end = first + Number(group.num_rows);
    const some = await parquetReadObjects({ file, metadata, compressors, rowStart: first, rowEnd: end });
    for (const row of some) rows.push(/** @type {any} */ (row));
    first = end;
  }
  await writeRows(
    to,
    Int32Array.from(rows, ({ id }) => id),
    rows.map(({ features }) => features),
    Number(metadata.row_groups[0].num_rows),
  );
}

/** @typedef {{ seconds: number, cpu: number, peak: number }} Measured */

const mib = (/** @type {number} */ bytes) => `${Math.round(bytes / 2 ** 20)} MiB`;

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/**
 * Runs the command; its peak and its time of processors are what the system says shortly before it ends.
 * @param {string[]} args
 * @returns {Promise<Measured>}
 */
function timed(args) {
  const start = process.hrtime.bigint();
  const child = spawn(process.execPath, [COMMAND, "score", ...args], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  let peak = 0;
  let cpu = 0;
  const look = setInterval(() => {
    try {
      // Behind the name, which may have spaces: the time of its own and that of the system, in hundredths of a second.
      const [, after = ""] = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ");
      const [own, system] = after.split(" ").slice(11, 13).map(Number);
      cpu = (own + system) / 100;
      const [, kib] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8")) ?? [];
      peak = Math.max(peak, Number(kib ?? 0) * 1024);
    } catch {
      // It has ended, or this is no Linux.
    }
  }, 20);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      clearInterval(look);
      if (code !== 0) reject(new Error(`score ended with ${code}`));
      else resolve({ seconds: Number(process.hrtime.bigint() - start) / 1e9, cpu, peak });
    });
  });
}

/** @param {number} rows @param {number} features @param {number} seed */
function numbers(rows, features, seed) {
  const values = new Float32Array(rows * features);
  let state = seed | 1;
  for (let k = 0; k < values.length; k++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    values[k] = state / 2 ** 31;
  }
  return values;
}

/** @param {string} path @param {number} rows @param {number} features @param {number} batch */
async function makeArrow(path, rows, features, batch) {
  const list = new FixedSizeList(features, new Field("item", new Float32()));
  const schema = new Schema([new Field("id", new Int32()), new Field("features", list)]);
  const writer = new RecordBatchFileWriter();
  const file = await open(path, "w");
  const written = (async () => {
    for await (const bytes of writer) await file.write(bytes);
  })();
  const values = numbers(batch, features, 7);
  writer.reset(undefined, schema);
  for (let first = 0; first < rows; first += batch) {
    const length = Math.min(batch, rows - first);
    const id = Int32Array.from({ length }, (_, r) => first + r);
    const child = makeData({ type: new Float32(), data: values.subarray(0, length * features) });
    const children = [
      makeData({ type: new Int32(), data: id }),
      makeData({ type: list, length, nullCount: 0, child }),
    ];
    const type = new Struct(schema.fields);
    writer.write(new RecordBatch(schema, makeData({ type, length, nullCount: 0, children })));
    // The writer keeps what nobody has taken yet.
    await new Promise((resolve) => setImmediate(resolve));
  }
  writer.finish();
  await written;
  await file.close();
}

/** @param {string} path @param {number} rows @param {number} features @param {number} group */
async function makeParquet(path, rows, features, group) {
  const values = numbers(group, features, 7);
  const list = Array.from({ length: group }, (_, r) =>
    Array.from(values.subarray(r * features, (r + 1) * features)),
  );
  await writeRows(
    path,
    Int32Array.from({ length: rows }, (_, r) => r),
    Array.from({ length: rows }, (_, r) => list[r % group]),
    group,
  );
}

/** @param {string} filename @param {Int32Array} id @param {number[][]} features @param {number} group */
async function writeRows(filename, id, features, group) {
  await parquetWriteFile({
    filename,
    columnData: [
      { name: "id", data: id },
      { name: "features", data: features, encoding: "PLAIN" },
    ],
    schema: [
      { name: "root", num_children: 2 },
      { name: "id", type: "INT32", repetition_type: "REQUIRED" },
      { name: "features", repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" },
      { name: "list", repetition_type: "REPEATED", num_children: 1 },
      { name: "element", type: "FLOAT", repetition_type: "OPTIONAL" },
    ],
    rowGroupSize: group,
    statistics: false,
  });
}
