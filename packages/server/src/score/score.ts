import { Problem } from "fixed-classifier-models/files";
import type { Model } from "../models/model.js";
import type { ArrowReader } from "./arrow/reader.js";
import { fileSink, type Sink, standardOutput } from "./bytes/sink.js";
import { FileBytes, standardInput } from "./bytes/source.js";
import type { Job } from "./job.js";
import { LabelBytes } from "./labels.js";
import { MAGIC as PARQUET } from "./parquet/footer.js";
import { addedColumns, type Quantity } from "./quantities.js";
import { Scorer } from "./scorer.js";

export interface ScoreOptions {
  readonly model: Model;
  /** A file's path, or "-" for standard input. */
  readonly input: string;
  /** A file's path, or "-" for standard output. */
  readonly output: string;
  readonly top: number;
  readonly quantities: readonly Quantity[];
  readonly prefix: string;
  readonly features: string | undefined;
  readonly memory: number;
  /** Of Parquet: only these. */
  readonly rowGroups: { readonly first: number; readonly end: number } | undefined;
  onRows(rows: number, position: number, size: number | undefined): void;
  /** Gets what leaves nothing of the output, for who is interrupted. */
  onBegin(abandon: () => void): void;
}

/** Reads a table, adds columns, and writes it as it was: a stream as a stream, a file as a file. */
export async function score(options: ScoreOptions): Promise<void> {
  const { model, input, output, top, quantities, prefix, features, memory, rowGroups, onRows } = options;
  const { head, labels } = model;
  if (top > head.classes) {
    throw new Problem(`--top ${top}: the head has ${head.classes} classes; give at most that`);
  }
  if (quantities.includes("label") && labels.length === 0) {
    throw new Problem(
      "--columns label: the model has no labels.txt; give a file with one a line by --labels",
    );
  }
  const added = addedColumns(quantities, top, prefix);
  const scorer = new Scorer(head, top, added);
  const job: Job = { scorer, added, labels: new LabelBytes(labels), features, memory, onRows };
  if (input === "-") {
    const source = standardInput();
    try {
      noGroups(source.name, options);
      const { openStream } = await import("./arrow/index.js");
      await scoreArrowTo(await openStream(source, memory), job, options);
    } finally {
      await source.close();
    }
    return;
  }
  const file = await FileBytes.open(input);
  try {
    const start = new Uint8Array(8);
    await file.fillAt(start, 0);
    if (PARQUET.equals(start.subarray(0, PARQUET.length))) {
      if (output === "-") {
        throw new Problem("standard output takes an Arrow stream only; give a file for Parquet by --out");
      }
      // The libraries of a format are loaded by who reads it.
      const { scoreParquet } = await import("./parquet/score-parquet.js");
      await withSink(output, options, (sink) => scoreParquet(file, sink, rowGroups, job));
      return;
    }
    noGroups(input, options);
    const { MAGIC: ARROW, openFile, openStream } = await import("./arrow/index.js");
    const isFile = ARROW.equals(start.subarray(0, ARROW.length));
    const reader = isFile ? await openFile(file) : await openStream(file.inOrder(), memory);
    await scoreArrowTo(reader, job, options);
  } finally {
    await file.close();
  }
}

function noGroups(name: string, { rowGroups }: ScoreOptions): void {
  if (rowGroups !== undefined) throw new Problem(`--row-groups: ${name} is no Parquet file; leave it out`);
}

async function scoreArrowTo(reader: ArrowReader, job: Job, options: ScoreOptions): Promise<void> {
  const { scoreArrow } = await import("./arrow/index.js");
  // What goes through a pipe is a stream: a file has its places at its end.
  await withSink(options.output, options, (sink) => scoreArrow(reader, sink, options.output !== "-", job));
}

async function withSink(
  output: string,
  options: ScoreOptions,
  work: (sink: Sink) => Promise<void>,
): Promise<void> {
  const sink = output === "-" ? standardOutput() : await fileSink(output);
  options.onBegin(() => sink.abandon());
  try {
    await work(sink);
    await sink.finish();
  } catch (error) {
    sink.abandon();
    throw error;
  }
}
