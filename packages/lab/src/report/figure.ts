import { type Content, html, type Markup, raw } from "./html.js";

export interface DataTable {
  readonly head: readonly string[];
  /** The first cell of a row names it. */
  readonly rows: readonly (readonly Content[])[];
}

export interface Figure {
  readonly title: string;
  readonly note?: string;
  readonly svg: string;
  /** Whether it is not made smaller than it is legible: it scrolls where the page is narrow. */
  readonly wide?: boolean;
  /** What the chart shows, in numbers. */
  readonly data: DataTable;
}

export function figure({ title, note, svg, wide = false, data }: Figure): Markup {
  const chart = raw(svg);
  return html`<figure${wide ? raw(' class="wide"') : null}><figcaption>${title}</figcaption>
${wide ? scroll(title, chart) : chart}
${note === undefined ? null : html`<p class="note">${note}</p>`}
<details><summary>Data</summary>${dataTable(data, title)}</details></figure>
`;
}

/** Small ones stand four beside each other where there is room, large ones two. */
export const figures = (all: readonly Figure[], size: "small" | "medium" | "large" = "medium"): Markup =>
  html`<div class="figures ${size}">${all.map(figure)}</div>`;

/** A box of its own that scrolls, with the keyboard too, so that the page does not. */
export const scroll = (label: string, content: Content): Markup =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">${content}</div>`;

export const dataTable = ({ head, rows }: DataTable, label: string): Markup =>
  scroll(
    label,
    html`<table><thead><tr>${head.map((title) => html`<th scope="col">${lines(title)}</th>`)}</tr></thead>
<tbody>${rows.map(
      ([name, ...cells]) =>
        html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>\n`,
    )}</tbody></table>`,
  );

const lines = (title: string): Content[] =>
  title
    .split("\n")
    .filter((line) => line !== "")
    .map((line, i) => (i === 0 ? line : html`<br>${line}`));
