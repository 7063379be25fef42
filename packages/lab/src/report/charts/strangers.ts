import { mean } from "../../metrics/statistics.js";
import type { OodResult } from "../../training/result.js";
import { draw, SHORT_NAME, WIDTH } from "../draw.js";
import type { Figure } from "../figure.js";
import { decimal, percent } from "../format.js";
import type { HeadSummary } from "../heads.js";
import { scalesOf } from "../series.js";

/** What rows of no class are told by. */
export const SCORES = ["energy", "largest probability", "energy with lengths"] as const;
const KEYS = ["energy", "softmax", "lengths"] as const;

/** One head on one set of rows of no class, before or after fine-tuning, by the means of its runs. */
interface Row {
  readonly name: string;
  readonly results: readonly OodResult[];
}

/** How well rows of no class are told from the test part. */
export async function strangers(heads: readonly HeadSummary[]): Promise<Figure | null> {
  const rows = heads.flatMap((head) => [
    ...rowsOf(head.name, (run) => run.methods?.ood ?? [], head),
    ...rowsOf(`${head.name} tuned`, (run) => tunedOf(run.methods?.tuned), head),
  ]);
  if (rows.length === 0) return null;
  const values = rows.flatMap(({ name, results }, index) =>
    KEYS.flatMap((key, k) => {
      const scores = results.flatMap((result) => result[key] ?? []);
      if (scores.length === 0) return [];
      const over = (value: (one: (typeof scores)[number]) => number): number => mean(scores.map(value));
      return [
        {
          index,
          name,
          score: SCORES[k] as string,
          auroc: 100 * over((one) => one.auroc),
          aupr: over((one) => one.aupr),
          fpr95: over((one) => one.fpr95),
        },
      ];
    }),
  );
  const { color, shape } = scalesOf(SCORES, "score");
  const x = {
    field: "auroc",
    type: "quantitative",
    title: "AUROC, %",
    scale: { zero: false, nice: false, padding: 10 },
  } as const;
  const y = {
    field: "name",
    type: "nominal",
    title: null,
    axis: { labelExpr: SHORT_NAME, grid: true },
    sort: rows.map(({ name }) => name),
  } as const;
  const svg = await draw(
    {
      width: WIDTH,
      height: 60 + 30 * rows.length,
      data: { values },
      mark: { type: "point", size: 70 },
      encoding: { x, y, color, shape },
    },
    `AUROC of telling rows of no class from the test part: ${values
      .map(({ name, score, auroc }) => `${name} by ${score} ${percent(auroc / 100)} %`)
      .join(", ")}.`,
  );
  const energies = ({ results }: Row, side: "inside" | "outside"): string =>
    decimal(mean(results.map(({ meanEnergy }) => meanEnergy[side])), 2);
  return {
    title: "Rows of no class told from the test part",
    note: "A chance is 50 %; the mean of the runs.",
    svg,
    data: {
      head: [
        "head on set",
        "told by",
        "AUROC %",
        "AUPR %",
        "FPR95 %",
        "mean energy,\ntest part",
        "mean energy,\nno class",
      ],
      rows: values.map(({ index, name, score, auroc, aupr, fpr95 }) => [
        name,
        score,
        percent(auroc / 100),
        percent(aupr),
        percent(fpr95),
        energies(rows[index], "inside"),
        energies(rows[index], "outside"),
      ]),
    },
  };
}

type Methods = NonNullable<HeadSummary["runs"][number]["methods"]>;

const tunedOf = (tuned: Methods["tuned"] | undefined): readonly OodResult[] =>
  tuned == null || tuned.failure !== null ? [] : tuned.ood;

function rowsOf(
  name: string,
  of: (run: HeadSummary["runs"][number]) => readonly OodResult[],
  { runs }: HeadSummary,
): Row[] {
  const all = runs.flatMap((run) => of(run));
  const sets = [...new Set(all.map((result) => result.name))];
  return sets.map((set) => ({
    name: `${name}: ${set}`,
    results: all.filter((result) => result.name === set),
  }));
}
