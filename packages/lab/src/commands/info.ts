import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import Table from "cli-table3";
import type { Command } from "commander";
import { FixedClassifier } from "fixed-classifier";
import { Problem } from "../problem.js";
import type { Results } from "../training/result.js";

/** Headers beyond this are those of no file that anyone has. */
const LONGEST_HEADER = 2 ** 28;
/** What a file of the core's heads tells in its metadata. */
const HEAD_FORMAT = "fixed-classifier";

export function addInfoCommand(program: Command): void {
  program
    .command("info")
    .description("Tells what a file holds: results, a head, a model or a checkpoint.")
    .argument("<file>", "results.json or its folder, or a safetensors file")
    .action((path: string) => {
      console.log(info(path));
    });
}

/** Some lines. */
export function info(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new Problem(`there is no ${path}; give the path of a file`);
  if (stats.isDirectory()) {
    const inside = join(path, "results.json");
    if (!existsSync(inside))
      throw new Problem(
        `${path} has no results.json: no experiment has ended there; go on with it by train --resume ${path}`,
      );
    return info(inside);
  }
  if (path.endsWith(".json")) return ofResults(path);
  return ofTensors(path, stats.size);
}

function ofResults(path: string): string {
  let results: Results;
  try {
    results = JSON.parse(readFileSync(path, "utf8")) as Results;
  } catch (error) {
    throw new Problem(`${path} is no JSON: ${(error as Error).message}; take another copy`, { cause: error });
  }
  if (results?.format !== "fixed-classifier-lab 1")
    throw new Problem(`${path} holds no results of the laboratory; results.json of an experiment does`);
  const { data, environment, runs, baselines, command, seconds } = results;
  const { train, validation, test } = data.rows;
  const table = tableOf(
    ["head", "seed", "learning rate", "epochs", "status", "best epoch", "test accuracy", "NLL", "ECE"],
    runs.map(({ head, seed, learningRate, epochs, status, best }) => [
      head,
      seed,
      learningRate,
      epochs.length,
      status,
      best?.epoch ?? "–",
      percent(best?.test.accuracy),
      best === null ? "–" : best.test.nll.toFixed(4),
      percent(best?.test.ece),
    ]),
  );
  const others = baselines.map(({ name, test }) => `${name}: accuracy ${percent(test.accuracy)}`);
  return [
    `Results of an experiment on ${data.name}: ${count(data.classes.length)} classes, ${count(train)} rows to train on, ${count(validation)} to choose by, ${count(test)} to test on, each ${data.shape.join(" × ")}`,
    `data ${data.hash}`,
    ...data.notes.map((note) => `note: ${note}`),
    String(table),
    ...others,
    `${environment.engine}, ${environment.backend}; ${environment.cpu}, Node ${environment.node}; ${seconds.toFixed(0)} s`,
    `again: ${command}`,
  ].join("\n");
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

function ofTensors(path: string, size: number): string {
  const { metadata, entries } = headerOf(path, size);
  const kind = metadata.format === HEAD_FORMAT ? ofHead(path, metadata) : ofKept(path, metadata);
  const rows = Object.entries(entries).map(
    ([
      name,
      {
        dtype,
        shape,
        data_offsets: [start, end],
      },
    ]) => [name, dtype, shape.length === 0 ? "one number" : shape.join(" × "), count(end - start)],
  );
  const values = Object.values(entries).reduce(
    (sum, { shape }) => sum + shape.reduce((product, n) => product * n, 1),
    0,
  );
  return [
    kind,
    String(tableOf(["name", "type", "shape", "bytes"], rows)),
    `${count(rows.length)} tensors, ${count(values)} numbers, ${count(size)} bytes`,
  ].join("\n");
}

function ofHead(path: string, metadata: Readonly<Record<string, string>>): string {
  try {
    const { features, classes, code, scale, bias } = FixedClassifier.fromSafetensors(readFileSync(path));
    const options = Object.entries(metadata)
      .filter(([name]) => name.startsWith("code."))
      .map(([name, value]) => `${name.slice("code.".length)} ${value}`);
    const biases = bias === null ? "no bias" : `biases from ${least(bias)} to ${greatest(bias)}`;
    return `A head of fixed-classifier: ${count(features)} features, ${count(classes)} classes, code ${code.name} (${options.join(", ")}), scale ${scale.toPrecision(6)}, ${biases}`;
  } catch (error) {
    throw new Problem(
      `${path} is a head that cannot be used: ${(error as Error).message}; take another copy`,
      { cause: error },
    );
  }
}

/** A model or a checkpoint of the laboratory, which tells of itself in JSON, or a file of others. */
function ofKept(path: string, { kind, about }: Readonly<Record<string, string>>): string {
  if (kind === undefined || about === undefined)
    return "Tensors in a safetensors file, of which it tells nothing more";
  let told: Record<string, unknown>;
  try {
    told = JSON.parse(about) as Record<string, unknown>;
  } catch (error) {
    throw new Problem(`${path} tells of itself in JSON that is damaged; take another copy`, { cause: error });
  }
  const { spec = {}, ...rest } = (told.settings ?? told) as Record<string, unknown>;
  const lines = Object.entries({ ...(spec as object), ...rest })
    .filter(([, value]) => value !== null && typeof value !== "object")
    .map(([name, value]) => `${name} ${String(value)}`);
  const { progress } = told as { progress?: { epoch?: number; step?: number } };
  const where = progress === undefined ? "" : `, at epoch ${progress.epoch}, step ${progress.step}`;
  return `A ${kind} of the laboratory${where}: ${lines.join(", ")}`;
}

/** Reads the header only: the tensors may be larger than the memory. */
function headerOf(path: string, size: number) {
  const fail = (reason: string): never => {
    throw new Problem(`${path} is neither results nor a safetensors file: ${reason}`);
  };
  if (size < 8) return fail(`it has ${size} bytes`);
  const file = openSync(path, "r");
  try {
    const start = Buffer.alloc(8);
    readSync(file, start, 0, 8, 0);
    const length = Number(start.readBigUInt64LE());
    if (length > size - 8 || length > LONGEST_HEADER) return fail("its header would be longer than the file");
    const header = Buffer.alloc(length);
    readSync(file, header, 0, length, 8);
    const { __metadata__: metadata = {}, ...entries } = JSON.parse(header.toString("utf8"));
    for (const [name, entry] of Object.entries<Partial<Entry>>(entries)) {
      const end = entry.data_offsets?.[1];
      if (!Array.isArray(entry.shape) || typeof entry.dtype !== "string" || end === undefined)
        return fail(`"${name}" is no tensor`);
      if (8 + length + end > size) return fail(`it is cut off within "${name}"; take another copy`);
    }
    return { metadata: metadata as Record<string, string>, entries: entries as Record<string, Entry> };
  } catch (error) {
    if (error instanceof Problem) throw error;
    return fail("its header is no JSON");
  } finally {
    closeSync(file);
  }
}

const tableOf = (head: string[], rows: (string | number)[][]): Table.Table => {
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  table.push(...rows);
  return table;
};

const count = (value: number): string => value.toLocaleString("en");
const percent = (share: number | undefined): string =>
  share === undefined ? "–" : `${(100 * share).toFixed(2)} %`;
const least = (values: Float32Array): string => values.reduce((a, b) => Math.min(a, b)).toPrecision(3);
const greatest = (values: Float32Array): string => values.reduce((a, b) => Math.max(a, b)).toPrecision(3);
