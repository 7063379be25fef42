import type { DataSummary, Results } from "../training/result.js";
import { dataTable, scroll } from "./figure.js";
import { count, duration } from "./format.js";
import { type Content, html, type Markup, raw } from "./html.js";
import type { Source } from "./study.js";

/** What a figure was made of, so that it can be made again: data, machine, choices, the command. */
export const provenance = (sources: readonly Source[]): Markup =>
  html`${sources.map(({ name, results }) => {
    const of = (title: string, id: string): Markup =>
      sources.length > 1 ? html`<h3>${title}: ${name}</h3>` : html`<h2 id="${id}">${title}</h2>`;
    return html`${sources.length > 1 ? html`<h2>${name}</h2>` : null}
${of("Data", "data")}${dataOf(results.data)}
${of("Environment", "environment")}${plain(environmentOf(results), "Environment")}
${of("Options", "options")}<dl class="options">${Object.entries(results.options).map(
      ([key, value]) => html`<div><dt>${key}</dt><dd>${shown(value)}</dd></div>\n`,
    )}</dl>
${of("The command that repeats it", "command")}${scroll("Command", html`<pre><code>${results.command}</code></pre>`)}
`;
  })}`;

/** More would be a list that nobody reads. */
const CLASSES = 1000;

function dataOf({ name, hash, classes, shape, rows, counts, notes }: DataSummary): Markup {
  const order = counts.map((_, k) => k).sort((a, b) => counts[b] - counts[a] || a - b);
  const listed =
    order.length <= CLASSES ? order : [...order.slice(0, CLASSES / 2), ...order.slice(-CLASSES / 2)];
  return html`${plain(
    [
      ["name", name],
      ["hash", hash],
      [
        "rows",
        `${count(rows.train)} training, ${count(rows.validation)} validation, ${count(rows.test)} test`,
      ],
      ...(shape.length === 0 ? [] : [["numbers a row", shape.join(" × ")] as const]),
      ["classes", count(classes.length)],
      [
        "examples of a class",
        `${count(counts[order.at(-1) ?? 0])} to ${count(counts[order[0]])} in training`,
      ],
    ],
    "Data",
  )}
${notes.length === 0 ? null : html`<ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>`}
<details><summary>Examples of each class in training${
    listed.length < order.length ? ` (the ${CLASSES / 2} most and the ${CLASSES / 2} least frequent)` : ""
  }</summary>${dataTable(
    { head: ["class", "examples"], rows: listed.map((k) => [classes[k], count(counts[k])]) },
    "Examples of each class",
  )}</details>`;
}

const environmentOf = ({ environment, seconds }: Results): [string, string][] => [
  ["laboratory", `fixed-classifier-lab ${environment.lab}`],
  ["core", `fixed-classifier ${environment.core}`],
  ["engine", environment.engine],
  ["fixed heads", environment.backend],
  ["Node", environment.node],
  ["processor", environment.cpu],
  ["platform", environment.platform],
  ["whole time", duration(seconds)],
];

const plain = (rows: readonly (readonly [string, Content])[], label: string): Markup =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table class="plain"><tbody>${rows.map(
    ([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>\n`,
  )}</tbody></table></div>`;

function shown(value: unknown): Content {
  if (value == null) return raw("–");
  if (Array.isArray(value))
    return value.map((one) => shown(one)).flatMap((one, i) => (i === 0 ? [one] : [", ", one]));
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
