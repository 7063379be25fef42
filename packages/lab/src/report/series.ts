import { type Content, html, type Markup, raw } from "./html.js";

/** How the lines and points of heads are told apart: by colour, and without it by dash and shape. */

/** Of the style sheet, lighter where the page is dark: --s0 … --s7. */
export const COLOURS = {
  light: ["#0072b2", "#d55e00", "#00835c", "#b14d8c", "#946800", "#3a93c7", "#5a5a5a", "#6a3fb5"],
  dark: ["#56b4e9", "#f0803c", "#2fc597", "#e08fc0", "#e3b341", "#a5d8f7", "#b8bcc0", "#b39bf2"],
};

const DASHES = [
  [1, 0],
  [7, 3],
  [2, 2],
  [9, 3, 2, 3],
  [4, 2],
  [12, 3],
  [1, 3],
  [6, 2, 1, 2, 1, 2],
  [3, 4],
  [14, 2, 2, 2],
];

/** Names are Vega's, outlines are those of the legend, within ±4. */
const SHAPES = [
  ["circle", "M4 0A4 4 0 1 1-4 0A4 4 0 1 1 4 0Z"],
  ["square", "M-3.5-3.5H3.5V3.5H-3.5Z"],
  ["triangle-up", "M0-4.5L4.5 3.5H-4.5Z"],
  ["diamond", "M0-5L4 0L0 5L-4 0Z"],
  ["cross", "M-4.5-1.5H-1.5V-4.5H1.5V-1.5H4.5V1.5H1.5V4.5H-1.5V1.5H-4.5Z"],
  ["triangle-down", "M0 4.5L4.5-3.5H-4.5Z"],
  ["triangle-right", "M4.5 0L-3.5 4.5V-4.5Z"],
  ["triangle-left", "M-4.5 0L3.5 4.5V-4.5Z"],
] as const;

const colourOf = (index: number): string => `var(--s${index % COLOURS.light.length})`;
const dashOf = (index: number): number[] => DASHES[index % DASHES.length];
const shapeOf = (index: number): (typeof SHAPES)[number] => SHAPES[index % SHAPES.length];

/** Scales of Vega-Lite for names in a field, the same in all charts whichever of them they show. */
export function scalesOf(names: readonly string[], of: string = "head") {
  const domain = [...names];
  const scale = <T>(at: (index: number) => T) => ({ domain, range: names.map((_, i) => at(i)) });
  const field = { field: of, type: "nominal", legend: null } as const;
  return {
    color: { ...field, scale: scale(colourOf) },
    strokeDash: { ...field, scale: scale(dashOf) },
    shape: { ...field, scale: scale((i) => shapeOf(i)[0] as string) },
  };
}

/** One legend above the charts it holds for. */
export function legend(names: readonly string[], note: Content = null): Markup {
  return html`<ul class="legend">${names.map(
    (name, i) => html`<li>${swatch(i)} ${name}</li>`,
  )}</ul>${note === null ? null : html`<p class="note">${note}</p>`}`;
}

function swatch(index: number): Markup {
  const colour = colourOf(index);
  return raw(
    `<svg width="40" height="12" viewBox="-20 -6 40 12" aria-hidden="true"><path d="M-20 0H20" stroke="${colour}" stroke-width="2" ` +
      `stroke-dasharray="${dashOf(index).join(" ")}"/><path d="${shapeOf(index)[1]}" fill="${colour}"/></svg>`,
  );
}
