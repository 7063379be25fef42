import { columns } from "./columns.js";
import { scroll } from "./figure.js";
import { percent } from "./format.js";
import { type Content, html, type Markup } from "./html.js";
import type { Study } from "./study.js";

/** Among so few classes nearly every row has its label among five. */
const TOP5_FROM = 20;

/** The table of heads, as in the terminal, with what its columns mean. */
export function summary(study: Study): Markup {
  const { heads, sources } = study;
  if (heads.length === 0) return html``;
  const all = columns(study);
  const baselines = sources.flatMap(({ name, results }) =>
    results.baselines.map((baseline) =>
      sources.length > 1 ? { ...baseline, name: `${name}: ${baseline.name}` } : baseline,
    ),
  );
  const many = sources.some(({ results }) => results.data.classes.length >= TOP5_FROM);
  const row = ([name, ...cells]: readonly string[], top5: number): Markup =>
    html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}${
      many ? html`<td>${percent(top5)}</td>` : null
    }</tr>\n`;
  const table = html`<table><thead><tr>${all.map(({ title }) => html`<th scope="col">${broken(title)}</th>`)}${
    many ? html`<th scope="col">top 5 %</th>` : null
  }</tr></thead>
<tbody>${heads.map((head) =>
    row(
      all.map(({ ofHead }) => ofHead(head)),
      head.top5,
    ),
  )}</tbody>
${
  baselines.length === 0
    ? null
    : html`<tbody class="baselines">${baselines.map((baseline) =>
        row(
          all.map(({ ofBaseline }) => ofBaseline(baseline)),
          baseline.test.top5,
        ),
      )}</tbody>`
}</table>`;
  return html`${scroll("Results of all heads", table)}
<details><summary>What the columns mean</summary><dl>${all
    .filter(({ explanation }) => explanation !== "")
    .map(
      ({ title, explanation }) => html`<dt>${title.replace("\n", " ").trim()}</dt><dd>${explanation}</dd>`,
    )}</dl></details>
${methods(study)}`;
}

function methods({ differences }: Study): Content {
  const names = [...new Set([...differences.values()].map(({ interval }) => interval.method))];
  return names.length === 0 ? null : html`<p class="note">Intervals of differences: ${names.join("; ")}.</p>`;
}

const broken = (title: string): Content[] =>
  title
    .split("\n")
    .filter((line) => line !== "")
    .map((line, i) => (i === 0 ? line : html`<br>${line}`));
