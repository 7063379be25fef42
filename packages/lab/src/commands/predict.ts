import { type Command, Option } from "commander";
import { stringify } from "csv-stringify/sync";
import { loadInputs } from "../data/index.js";
import { createEngine, ENGINES } from "../engine/index.js";
import { writeWhole } from "../files.js";
import { integer } from "../options/readers.js";
import { Problem } from "../problem.js";
import { rowsInOrder } from "../training/rows.js";
import { openTrained } from "../training/trained.js";

interface PredictOptions {
  top: string;
  out?: string;
  engine: (typeof ENGINES)[number];
}

export function addPredictCommand(program: Command): void {
  program
    .command("predict")
    .description("Names the classes of rows: a line a row, as CSV.")
    .argument("<model>", "the folder of a run, or a file of weights in it")
    .argument("<data...>", "files of rows as those it was trained on; labels are not looked at")
    .option("--top <number>", "how many classes are told, best first", "1")
    .option("--out <file>", "where to write them; default: standard output")
    .addOption(new Option("--engine <name>", "what computes").choices(ENGINES).default("auto"))
    .action(async (model: string, data: string[], options: PredictOptions) => {
      const csv = await predict(model, data, integer(1, 1_000_000)(options.top, "--top"), options.engine);
      if (options.out === undefined) process.stdout.write(csv);
      else writeWhole(options.out, csv);
    });
}

/** Row, and class and probability for each of the best; probabilities are those after temperature. */
export async function predict(
  path: string,
  data: readonly string[],
  top: number,
  engine: PredictOptions["engine"],
): Promise<string> {
  const { model, about, temperature, view } = await openTrained(path, await createEngine(engine));
  try {
    const { layout, classes } = about;
    if (layout === null)
      throw new Problem(`${path} foretells words, which predict does not; give a model of rows`);
    const { inputs } = await loadInputs(data, { labels: "ignored" }, layout);
    const count = Math.min(top, classes.length);
    const names = count === 1 ? [""] : Array.from({ length: count }, (_, k) => `_${k + 1}`);
    const lines: unknown[][] = [["row", ...names.flatMap((end) => [`class${end}`, `probability${end}`])]];
    for (const some of rowsInOrder(view(inputs))) {
      const logits = await model.head.logits(await model.trunk.evaluate(some));
      for (let from = 0; from < logits.length; from += classes.length) {
        const best = bestOf(logits.subarray(from, from + classes.length), count, temperature);
        lines.push([lines.length, ...best.flatMap(({ index, p }) => [classes[index], p.toPrecision(6)])]);
      }
    }
    return stringify(lines);
  } finally {
    await model.release();
  }
}

/** The best classes of a row; of equal ones the first. */
function bestOf(logits: Float32Array, count: number, temperature: number) {
  const top = logits.reduce((a, b) => Math.max(a, b));
  const total = logits.reduce((sum, logit) => sum + Math.exp((logit - top) / temperature), 0);
  return Array.from(logits, (logit, index) => ({
    index,
    p: Math.exp((logit - top) / temperature) / total,
    logit,
  }))
    .sort((a, b) => b.logit - a.logit || a.index - b.index)
    .slice(0, count);
}
