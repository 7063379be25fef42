import { Problem } from "fixed-classifier-models/files";
import type { Model } from "../models/model.js";
import { MAGIC as ARROW, openFile } from "./arrow/read-file.js";
import { openStream } from "./arrow/read-stream.js";
import type { ArrowReader } from "./arrow/reader.js";
import { scoreArrow } from "./arrow/score-arrow.js";
import { fileSink, type Sink, standardOutput } from "./bytes/sink.js";
import { FileBytes, standardInput } from "./bytes/source.js";
import type { Job } from "./job.js";
import { LabelBytes } from "./labels.js";
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
  const { model, input, output, top, quantities, prefix, features, memory, onRows } = options;
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
    await withReader(
      await openStream(source, memory).catch(async (error) => {
        await source.close();
        throw error;
      }),
      output,
      job,
      options,
    );
    return;
  }
  const file = await FileBytes.open(input);
  try {
    const start = new Uint8Array(8);
    await file.fillAt(start, 0);
    const isFile = ARROW.equals(start.subarray(0, ARROW.length));
    const reader = isFile ? await openFile(file) : await openStream(file.inOrder(), memory);
    await withReader(reader, output, job, options);
  } finally {
    await file.close();
  }
}

async function withReader(
  reader: ArrowReader,
  output: string,
  job: Job,
  options: ScoreOptions,
): Promise<void> {
  try {
    // What goes through a pipe is a stream: a file has its places at its end.
    await withSink(output, options, (sink) => scoreArrow(reader, sink, output !== "-", job));
  } finally {
    await reader.close();
  }
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
