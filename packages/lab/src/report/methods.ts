import { mean } from "../metrics/statistics.js";
import type { MethodResults, TestScores } from "../training/result.js";
import { SCORES, strangers } from "./charts/strangers.js";
import { spreadOf } from "./columns.js";
import { pairedDifference } from "./difference.js";
import { dataTable, figures } from "./figure.js";
import { decimal, percent } from "./format.js";
import { type FinishedRun, type HeadSummary, spread } from "./heads.js";
import { type Content, html, type Markup } from "./html.js";
import { intervalOf, type Measure } from "./measure.js";
import { legend } from "./series.js";
import type { Study } from "./study.js";

/** What methods beside plain training left; null where none was asked for. */
export async function methods({ heads, measure }: Study): Promise<Markup | null> {
  if (heads.every(({ runs }) => runs.every((run) => run.methods === undefined))) return null;
  const told = await strangers(heads);
  return html`${averages(heads, measure)}
${told === null ? null : html`<h3>Energy</h3>${legend(SCORES)}${figures([told])}`}
${tuned(heads, measure)}
${densities(heads)}`;
}

type Done<K extends keyof MethodResults> = NonNullable<MethodResults[K]>;

/** Runs of a head that have what a method left. */
function having<K extends keyof MethodResults>(
  { runs }: HeadSummary,
  key: K,
): { run: FinishedRun; left: Done<K> }[] {
  return runs.flatMap((run) => {
    const left = run.methods?.[key];
    return left == null ? [] : [{ run, left: left as Done<K> }];
  });
}

const shown = (scores: readonly TestScores[], { of, show }: Measure): string =>
  spreadOf(spread(scores.map(of)), show);

/** Within the runs: the same seed, split and trunk, with and without what the method did. */
const change = (pairs: readonly (readonly [TestScores, TestScores])[], measure: Measure): string =>
  intervalOf(pairedDifference(pairs, measure), measure);

const NLL_AND_ECE = ["NLL\n→ tempered", "ECE %\n→ temp."];

function calibration(scores: readonly TestScores[]): string[] {
  const over = (value: (one: TestScores) => number): number => mean(scores.map(value));
  return [
    `${decimal(
      over(({ nll }) => nll),
      3,
    )}→${decimal(
      over(({ calibrated }) => calibrated.nll),
      3,
    )}`,
    `${percent(over(({ ece }) => ece))}→${percent(over(({ calibrated }) => calibrated.ece))}`,
  ];
}

function averages(heads: readonly HeadSummary[], measure: Measure): Content {
  const rows = heads.flatMap((head) => {
    const all = having(head, "averaged");
    if (all.length === 0) return [];
    const best = all.map(({ left }) => left.best.test);
    return [
      [
        head.name,
        all[0].left.name,
        shown(
          all.map(({ run }) => run.best.test),
          measure,
        ),
        shown(best, measure),
        change(
          all.map(({ run, left }) => [left.best.test, run.best.test]),
          measure,
        ),
        shown(
          all.map(({ left }) => left.last.test),
          measure,
        ),
        ...calibration(best),
      ],
    ];
  });
  if (rows.length === 0) return null;
  const head = [
    "head",
    "average",
    `${measure.title}\nas trained`,
    `${measure.title}\naveraged`,
    "beside as trained\n95 % interval",
    "averaged,\nlast epoch",
  ];
  return html`<h3>Averaged weights</h3>${dataTable({ head: [...head, ...NLL_AND_ECE], rows }, "Averaged weights")}`;
}

function tuned(heads: readonly HeadSummary[], measure: Measure): Content {
  const failures: string[] = [];
  const rows = heads.flatMap((head) => {
    const all = having(head, "tuned").flatMap(({ run, left }) => {
      if (left.failure === null) return [{ run, left }];
      failures.push(`${head.name}, seed ${run.seed}: ${left.failure}`);
      return [];
    });
    if (all.length === 0) return [];
    const tests = all.map(({ left }) => left.test);
    const margin = (side: "inside" | "outside"): string =>
      decimal(mean(all.map(({ left }) => left.margins[side])), 2);
    return [
      [
        head.name,
        `${margin("inside")} and ${margin("outside")}`,
        shown(tests, measure),
        change(
          all.map(({ run, left }) => [left.test, run.last.test]),
          measure,
        ),
        ...calibration(tests),
      ],
    ];
  });
  if (rows.length === 0 && failures.length === 0) return null;
  const head = [
    "head",
    "margins of energy,\nclasses and no class",
    `${measure.title}\nfine-tuned`,
    "beside the last epoch\n95 % interval",
    ...NLL_AND_ECE,
  ];
  return html`<h3>Fine-tuned by energy margins</h3>
${failures.length === 0 ? null : html`<ul class="failed">${failures.map((line) => html`<li>${line}</li>`)}</ul>`}
${rows.length === 0 ? null : dataTable({ head, rows }, "Fine-tuned by energy margins")}`;
}

/** Pictures are data of the page itself; others than those are not let in. */
const PICTURE = /^data:image\/(?:png|jpeg|webp|svg\+xml)[;,]/;

function densities(heads: readonly HeadSummary[]): Content {
  const all = heads
    .map((head) => ({ head, runs: having(head, "density") }))
    .filter(({ runs }) => runs.length > 0);
  if (all.length === 0) return null;
  const rows = all.map(({ head, runs }) => [
    head.name,
    decimal(mean(runs.map(({ left }) => left.energies.real)), 3),
    decimal(mean(runs.map(({ left }) => left.energies.sample)), 3),
  ]);
  const pictures = all.flatMap(({ head, runs: [{ run, left }] }) =>
    left.pictures === null || !PICTURE.test(left.pictures)
      ? []
      : [
          html`<figure><figcaption>Samples, ${head.name}, seed ${run.seed}</figcaption><img src="${left.pictures}" alt="Inputs drawn from the density that ${head.name} was trained as"></figure>`,
        ],
  );
  return html`<h3>Trained as a density (JEM)</h3>${dataTable(
    { head: ["head", "mean energy, real rows", "mean energy, samples"], rows },
    "Densities",
  )}
${pictures.length === 0 ? null : html`<div class="figures medium">${pictures}</div>`}`;
}
