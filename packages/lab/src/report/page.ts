import { answers, bestOf } from "./answer.js";
import { classes } from "./charts/classes.js";
import { confusion } from "./charts/confusion.js";
import { coverage } from "./charts/coverage.js";
import { curves } from "./charts/curves.js";
import { differences } from "./charts/differences.js";
import { pairs } from "./charts/pairs.js";
import { rates } from "./charts/rates.js";
import { reliability } from "./charts/reliability.js";
import { timings } from "./charts/timings.js";
import { failures } from "./failures.js";
import { type Figure, figures } from "./figure.js";
import type { HeadSummary } from "./heads.js";
import { type Content, html, type Markup, raw } from "./html.js";
import { methods } from "./methods.js";
import { legend } from "./series.js";
import { provenance } from "./sources.js";
import type { Study } from "./study.js";
import { STYLE } from "./style.js";
import { summary } from "./summary.js";

interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: Markup;
}

/** The whole report: one file that needs no network and no script. */
export async function page(study: Study): Promise<string> {
  const { sources } = study;
  const sections = study.heads.length === 0 ? [] : await sectionsOf(study);
  const ends =
    sources.length > 1
      ? []
      : [
          ["data", "Data"],
          ["environment", "Environment"],
          ["options", "Options"],
          ["command", "Command"],
        ];
  const links = [["results", "Results"], ...sections.map(({ id, title }) => [id, title]), ...ends];
  const title = `Fixed or learned last layer: ${sources.map(({ name }) => name).join(", ")}`;
  const failed = failures(study);
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
${answers(study).map((answer) => html`<p class="answer">${answer}</p>`)}
${study.notes.map((note) => html`<p class="failed">${note}</p>`)}
<nav aria-label="Sections"><ul>${links.map(([id, text]) => html`<li><a href="#${id}">${text}</a></li>`)}</ul></nav>
</header>
<main>
<section aria-labelledby="results"><h2 id="results">Results</h2>
${failed.length === 0 ? null : html`<ul class="failed">${failed.map((line) => html`<li>${line}</li>`)}</ul>`}
${summary(study)}</section>
${sections.map(
  ({ id, title: heading, content }) => html`<section aria-labelledby="${id}"><h2 id="${id}">${heading}</h2>
${content}</section>
`,
)}
${provenance(sources)}
</main>
<footer><p>Written by fixed-classifier-lab ${[...new Set(sources.map(({ results }) => results.environment.lab))].join(", ")}.</p></footer>
</body>
</html>
`.text;
}

async function sectionsOf(study: Study): Promise<Section[]> {
  const { heads } = study;
  const names = heads.map(({ name }) => name);
  const key = legend(names);
  const section = (
    id: string,
    title: string,
    all: readonly (Figure | null)[],
    before: Content = null,
  ): Section[] => {
    const shown = all.filter((figure) => figure !== null);
    const size = id === "calibration" ? "small" : shown.some(({ wide }) => wide) ? "large" : "medium";
    return shown.length === 0 ? [] : [{ id, title, content: html`${before}${figures(shown, size)}` }];
  };
  const several = heads.some(({ runs }) => runs.length > 1);
  const thin = several ? html`${key}<p class="note">Thin: single runs; thick: their mean.</p>` : key;
  const small = html`<p class="note">Dashed with squares: as trained; solid with circles: after temperature; the larger a mark, the more rows; on the straight line confidence is what it says.</p>`;
  const left = await methods(study);
  return [
    ...section("differences", "Differences", [await differences(study)]),
    ...section("training", "Training", await curves(heads), thin),
    ...section("rates", "Learning rates", [await rates(heads)], key),
    ...section("calibration", "Calibration", await reliability(heads), small),
    ...section("confusions", "Confusions", await confusions(study)),
    ...section(
      "classes",
      "Classes",
      await Promise.all(byData(heads).map((group) => classes(group, names))),
      key,
    ),
    ...section("coverage", "Coverage", [await coverage(heads)], key),
    ...section("timings", "Timings", [await timings(heads)]),
    ...(left === null ? [] : [{ id: "methods", title: "Methods", content: left }]),
  ];
}

/** Cells of all matrices together, that a page may have. */
const CELLS = 2000;

/** Of all heads where classes are few, otherwise of the learned head and the best fixed one of each file. */
async function confusions({ sources, heads, differences: found }: Study): Promise<(Figure | null)[]> {
  const cells = heads.reduce((sum, { source }) => sum + source.results.data.classes.length ** 2, 0);
  const two = sources.flatMap((source) => {
    const own = heads.filter((head) => head.source === source);
    const fixed = own.filter(({ learned }) => !learned);
    const best = own.length === 0 ? [] : [bestOf(fixed.length > 0 ? fixed : own)];
    const reference = own.map((head) => found.get(head)?.reference).find((head) => head !== undefined);
    return [...(reference === undefined ? [] : [reference]), ...best];
  });
  const shown = cells <= CELLS ? heads : [...new Set(two)];
  return Promise.all(shown.map(async (head) => (await confusion(head)) ?? pairs(head)));
}

/** Heads of the same data, whose classes are one list. */
function byData(heads: readonly HeadSummary[]): HeadSummary[][] {
  const hashOf = ({ source }: HeadSummary): string => source.results.data.hash;
  return [...new Set(heads.map(hashOf))].map((hash) => heads.filter((head) => hashOf(head) === hash));
}
