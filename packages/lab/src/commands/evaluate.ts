import Table from "cli-table3";
import { type Command, Option } from "commander";
import { loadInputs } from "../data/index.js";
import { createEngine, ENGINES } from "../engine/index.js";
import { measureOod, type OodResult } from "../methods/energy/measure.js";
import { Scorer } from "../metrics/scorer.js";
import { testScores } from "../metrics/test-scores.js";
import { Problem } from "../problem.js";
import { eachLogits } from "../training/evaluate.js";
import type { TestScores } from "../training/result.js";
import { inOrder } from "../training/rows.js";
import { openTrained } from "../training/trained.js";

interface EvaluateOptions {
  also: string[];
  ood: string[];
  json?: boolean;
  engine: (typeof ENGINES)[number];
}

/** What is told of a model: scores on test sets, and how well rows of other data are told from the first of them. */
export interface Evaluated {
  readonly tests: readonly { readonly name: string; readonly scores: TestScores }[];
  readonly ood: readonly OodResult[];
}

export function addEvaluateCommand(program: Command): void {
  const append = (value: string, before: string[]): string[] => [...before, value];
  program
    .command("evaluate")
    .description("Scores a model on further test sets, and on rows of none of its classes.")
    .argument("<model>", "the folder of a run, or a file of weights in it")
    .argument("<data...>", "a test set: one or two files, or a folder")
    .option(
      "--also <files>",
      "a further test set, its files separated by commas; may be repeated",
      append,
      [],
    )
    .option(
      "--ood <files>",
      "rows of none of the classes, to be told from the test set; may be repeated",
      append,
      [],
    )
    .option("--json", "everything as one object")
    .addOption(new Option("--engine <name>", "what computes").choices(ENGINES).default("auto"))
    .action(async (model: string, data: string[], options: EvaluateOptions) => {
      const sets = [data, ...options.also.map((files) => files.split(","))];
      const strangers = options.ood.map((files) => files.split(","));
      const found = await evaluate(model, sets, strangers, options.engine);
      console.log(options.json === true ? JSON.stringify(found) : tablesOf(found));
    });
}

export async function evaluate(
  path: string,
  sets: readonly (readonly string[])[],
  strangers: readonly (readonly string[])[],
  engine: EvaluateOptions["engine"],
): Promise<Evaluated> {
  const { model, about, temperature, view } = await openTrained(path, await createEngine(engine));
  try {
    const { layout, classes } = about;
    if (layout === null) throw new Problem(`${path} foretells words; its perplexity is in its results.json`);
    const parts = [];
    for (const files of sets) {
      const { inputs, labels } = await loadInputs(files, { labels: "needed" }, layout);
      if (labels === null) throw new Problem(`${files.join(", ")} has no labels`);
      parts.push({ name: files.join(", "), part: { inputs: view(inputs), labels } });
    }
    const others = [];
    for (const files of strangers) {
      const { inputs } = await loadInputs(files, { labels: "ignored" }, layout);
      others.push({ name: files.join(", "), inputs: view(inputs) });
    }
    const tests = [];
    for (const { name, part } of parts) {
      const before = new Scorer(classes.length);
      const after = new Scorer(classes.length, temperature);
      await eachLogits(model, inOrder(part), (logits, labels) => {
        before.add(logits, labels);
        after.add(logits, labels);
      });
      tests.push({ name, scores: testScores(before, after, temperature) });
    }
    const ood = [];
    const classifying = { trunk: model.trunk, head: model.head, classes: classes.length };
    for (const { name, inputs } of others) {
      const outside = { name, batches: inOrder({ inputs, labels: new Int32Array(inputs.rows) }) };
      ood.push(await measureOod(classifying, inOrder(parts[0].part), outside));
    }
    return { tests, ood };
  } finally {
    await model.release();
  }
}

const percent = (fraction: number): string => (100 * fraction).toFixed(2);

function tablesOf({ tests, ood }: Evaluated): string {
  const style = { style: { head: [], border: [] } };
  const scores = new Table({
    head: ["test set", "rows", "accuracy %", "NLL → temp.", "ECE % → temp."],
    ...style,
  });
  for (const { name, scores: s } of tests) {
    scores.push([
      name,
      s.rows,
      percent(s.accuracy),
      `${s.nll.toFixed(4)} → ${s.calibrated.nll.toFixed(4)}`,
      `${percent(s.ece)} → ${percent(s.calibrated.ece)}`,
    ]);
  }
  if (ood.length === 0) return scores.toString();
  const told = new Table({ head: ["told from", "by", "AUROC %", "AUPR %", "FPR95 %"], ...style });
  for (const { name, energy, softmax, lengths } of ood) {
    const rows = {
      energy,
      "max softmax": softmax,
      ...(lengths !== null && { "energy with lengths": lengths }),
    };
    for (const [by, { auroc, aupr, fpr95 }] of Object.entries(rows)) {
      told.push([name, by, percent(auroc), percent(aupr), percent(fpr95)]);
    }
  }
  return `${scores}\n${told}`;
}
