import type { Command } from "commander";
import { Problem } from "fixed-classifier-models/files";
import { loadModel } from "../models/load.js";
import { placeOf, versionsOf } from "../models/places.js";
import { ReaderGone } from "../score/bytes/sink.js";
import { progress } from "../score/progress.js";
import { QUANTITIES, quantitiesOf } from "../score/quantities.js";
import { score } from "../score/score.js";
import { bytesOf, rangeOf } from "../score/size.js";

interface ScoreFlags {
  model: string;
  out: string;
  features?: string;
  top: string;
  columns?: string;
  prefix: string;
  labels?: string;
  memory: string;
  rowGroups?: string;
}

/** What a shell reports of a program that wrote to a pipe without a reader. */
const BROKEN_PIPE = 141;
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
const DEFAULT_MEMORY = "512MB";

export function addScoreCommand(program: Command): void {
  program
    .command("score")
    .description(
      "Reads a table with a column of features and writes it with the head's answers as further columns.",
    )
    .argument("[table]", "an Arrow file or stream, or Parquet; - for an Arrow stream on standard input", "-")
    .requiredOption("--model <path>", "a head's file, or a folder with one and its labels.txt")
    .option(
      "--out <file>",
      "where it goes, in the format that it has; - for an Arrow stream on standard output",
      "-",
    )
    .option("--features <column>", "the column of features, if there are several that can be")
    .option("--top <classes>", "so many of the best classes; lists if more than one", "1")
    .option(
      "--columns <list>",
      `what is added, of ${QUANTITIES.join(",")}; or none (default: class,score,probability, and label if there are some)`,
    )
    .option("--prefix <text>", "stands before the names of added columns", "")
    .option("--labels <file>", "names of classes, one a line, instead of the model's")
    .option("--memory <size>", "bytes of the table that are held at once", DEFAULT_MEMORY)
    .option("--row-groups <range>", "of Parquet: only these, such as 0:16 for the first 16")
    .action(run);
}

async function run(table: string, flags: ScoreFlags): Promise<void> {
  const top = Number(flags.top);
  if (!(Number.isSafeInteger(top) && top >= 1)) {
    throw new Problem(`--top: "${flags.top}" is no number of classes; give one from 1 on`);
  }
  const memory = bytesOf("--memory", flags.memory);
  const rowGroups = flags.rowGroups === undefined ? undefined : rangeOf("--row-groups", flags.rowGroups);
  if (flags.out === "-" && process.stdout.isTTY) {
    throw new Problem("standard output is a terminal, and a table is no text; give a file by --out");
  }
  if (table === "-" && process.stdin.isTTY) {
    throw new Problem("standard input is a terminal; give a table's name");
  }
  const given = flags.columns === undefined ? undefined : quantitiesOf(flags.columns);
  const place = placeOf(flags.model);
  const [newest] = (await versionsOf(place)).slice(-1);
  const model = await loadModel(place.name, {
    ...newest,
    ...(flags.labels !== undefined && { labels: flags.labels }),
  });
  const withLabels = model.labels.length > 0 ? (["label"] as const) : [];
  const quantities = given ?? ["class", "score", "probability", ...withLabels];
  const bar = await progress();
  let abandon = (): void => {};
  for (const [signal, status] of Object.entries(SIGNALS)) {
    process.once(signal, () => {
      abandon();
      bar.stop();
      process.exit(status);
    });
  }
  try {
    await score({
      ...{ model, input: table, output: flags.out, top, quantities, prefix: flags.prefix },
      ...{ features: flags.features, memory, rowGroups },
      onRows: bar.update,
      onBegin: (leaveNothing) => {
        abandon = leaveNothing;
      },
    });
  } catch (error) {
    if (!(error instanceof ReaderGone)) throw error;
    process.exitCode = BROKEN_PIPE;
  } finally {
    bar.stop();
  }
}
