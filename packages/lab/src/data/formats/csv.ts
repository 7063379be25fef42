import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { CsvError, parse } from "csv-parse";
import { Problem } from "../../problem.js";
import { damagedGzip, glance, unreadable } from "../bytes.js";
import type { Table } from "../content.js";
import { distinctNames } from "../tables/builder.js";
import { CsvColumn, isNumber } from "../tables/csv-column.js";
import { labelColumnOf } from "../tables/plan.js";
import type { Format, ReadOptions } from "./format.js";

/** A table as text: commas, semicolons or tabulators between the values; the first line names the columns, unless it is all numbers. */
export const csv: Format = {
  name: "CSV or TSV table",
  endings: /\.(csv|tsv)$/i,
  read: readCsv,
  // A value of three digits and a comma becomes a float64; of text, the n-grams take more than the letters.
  estimate: async (path) => {
    const file = glance(path);
    const head = Buffer.from(file.read(0, Math.min(file.length, 65_536))).toString("latin1");
    const letters = head.replace(/[^a-z\x80-\xff]/gi, "").length;
    return { memory: (letters > head.length / 2 ? 6 : 2) * file.length, disc: 0 };
  },
};

/** Rows by which it is told whether a column holds numbers or names. */
const SAMPLE = 10_000;

async function readCsv(path: string, options: ReadOptions): Promise<Table> {
  const reader = new CsvReader(path, options);
  const delimiter = delimiterOf(path);
  const parser = parse({
    bom: true,
    delimiter,
    // Lines that were appended elsewhere may end otherwise than the first.
    record_delimiter: ["\r\n", "\n", "\r"],
    // A tabulator is not within a value, so quotes in such a file are letters like others.
    quote: delimiter === "\t" ? null : '"',
    skip_empty_lines: true,
    on_record: (record: string[], { lines }) => {
      reader.add(record, lines);
      return null;
    },
  });
  try {
    const file = createReadStream(path);
    await (path.endsWith(".gz") ? pipeline(file, createGunzip(), parser) : pipeline(file, parser.resume()));
  } catch (error) {
    throw problemOf(path, error);
  }
  return reader.finish();
}

function problemOf(path: string, error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof CsvError) {
    const line = `${path}, line ${error.lines}`;
    if (error.code === "CSV_RECORD_INCONSISTENT_FIELDS_LENGTH")
      return new Problem(
        `${line}: the line has ${(error.record as string[]).length} values, the first line has another number of them. Mend the line; a value with a comma in it stands in quotes`,
        { cause: error },
      );
    return new Problem(`${line}: ${message.replace(/\.$/, "")}. Mend the line`, { cause: error });
  }
  if (code?.startsWith("Z_")) return damagedGzip(path, error);
  return unreadable(path, error);
}

function delimiterOf(path: string): string {
  if (/\.tsv(\.gz)?$/i.test(path)) return "\t";
  const head = glance(path);
  const text = Buffer.from(head.read(0, Math.min(head.length, 4096))).toString("utf8");
  const [line] = text.split(/[\r\n]/, 1);
  const count = (letter: string): number => line.split(letter).length;
  return [",", ";", "\t"].reduce((best, letter) => (count(letter) > count(best) ? letter : best));
}

class CsvReader {
  readonly #path: string;
  readonly #options: ReadOptions;
  #names: readonly string[] | null = null;
  #columns: readonly CsvColumn[] = [];
  #sample: { record: readonly string[]; line: number }[] | null = [];
  readonly #lines: number[] = [];

  constructor(path: string, options: ReadOptions) {
    this.#path = path;
    this.#options = options;
  }

  add(record: readonly string[], line: number): void {
    if (this.#names === null) {
      const bare = record.every(isNumber);
      this.#names = record.map((name, k) => (bare || name.trim() === "" ? String(k + 1) : name.trim()));
      distinctNames(this.#path, this.#names);
      if (!bare) return;
    }
    if (this.#sample === null) this.#take(record, line);
    else if (this.#sample.push({ record, line }) === SAMPLE) this.#decide();
  }

  #take(record: readonly string[], line: number): void {
    this.#lines.push(line);
    this.#columns.forEach((column, k) => {
      column.add(record[k], line);
    });
  }

  #decide(): void {
    const sample = this.#sample ?? [];
    const names = this.#names ?? [];
    const { label, groups, inputsOnly } = this.#options;
    const apart = [groups, label ?? (inputsOnly ? undefined : labelColumnOf(names, label, this.#path))];
    this.#sample = null;
    this.#columns = names.map((name, k) => {
      const values = sample.map(({ record }) => record[k]);
      return new CsvColumn(this.#path, name, values, apart.includes(name));
    });
    for (const { record, line } of sample) this.#take(record, line);
  }

  finish(): Table {
    if (this.#names === null || (this.#lines.length === 0 && this.#sample?.length === 0))
      throw new Problem(`${this.#path} has no rows. It takes a line of names and then a line a row`);
    if (this.#sample !== null) this.#decide();
    return {
      kind: "table",
      path: this.#path,
      rows: this.#lines.length,
      columns: this.#columns.map((column) => column.finish()),
      placeOf: (row) => `line ${this.#lines[row]}`,
    };
  }
}
