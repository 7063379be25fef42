import { parse, View } from "vega";
import { type Config, compile, type TopLevelSpec } from "vega-lite";
import { escapeText, withoutControls } from "./html.js";

/** An axis of numbers. */
interface Quantity {
  field: string;
  type: "quantitative";
  title: string | null;
  scale?: { type?: "log" | "sqrt"; domain?: number[]; zero?: boolean; nice?: boolean; padding?: number };
  axis?: { grid?: boolean; tickCount?: number; tickMinStep?: number; values?: number[]; format?: string };
}

export const quantity = (
  field: string,
  title: string | null,
  more: Pick<Quantity, "scale" | "axis"> = {},
): Quantity => ({ field, type: "quantitative", title, ...more });

/** Of the plot with its axes, in units that are pixels where the page is wide enough. */
export const WIDTH = 420;
export const HEIGHT = 280;

/** Colours come from the page, so that a chart is legible in the light, in the dark and in print. */
const CONFIG: Config = {
  background: "transparent",
  view: { stroke: null },
  axis: {
    labelColor: "currentColor",
    titleColor: "currentColor",
    domainColor: "currentColor",
    tickColor: "currentColor",
    gridColor: "currentColor",
    gridOpacity: 0.15,
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: "normal",
    labelLimit: 0,
    titlePadding: 8,
  },
  text: { color: "currentColor", fontSize: 12 },
  rule: { color: "currentColor" },
  line: { strokeWidth: 2 },
  point: { filled: true, size: 45, opacity: 1 },
};

/** For an axis of numbers that stand for names, which may be equal; separators of lines are no part of Vega's strings. */
export const labelsOf = (names: readonly string[]): string =>
  `${JSON.stringify(names).replace(/[\u2028\u2029]/g, " ")}[datum.value]`;

/** Names of heads on an axis keep both ends, which tell them apart. */
export const SHORT_NAME =
  "length(datum.label) > 24 ? slice(datum.label, 0, 11) + '…' + slice(datum.label, -12) : datum.label";

/** A chart as an SVG element with a text for those who do not see it. Drawn without a canvas: widths of texts are estimates. */
export async function draw(spec: TopLevelSpec, alternative: string): Promise<string> {
  const whole = { autosize: { type: "fit", contains: "padding" }, padding: 4, ...spec } as TopLevelSpec;
  const view = new View(parse(compile(whole, { config: CONFIG }).spec), { renderer: "none" });
  try {
    return trim(await view.toSVG(), alternative);
  } finally {
    view.finalize();
  }
}

/** Attributes that the style sheet has, that are for interaction, or that say what holds anyway: two thirds of the bytes. */
const NEEDLESS =
  / (?:class|role|aria-[a-z]+|pointer-events|font-family|font-size|font-weight|xmlns(?::xlink)?|version|stroke-miterlimit|opacity="1"|stroke-width="1"|transform="translate\(0,0\)"|stroke-dasharray="1,0"|stroke-opacity="1"|fill-opacity="1"|text-anchor="start")(?:="[^"]*")?(?=[ />])/g;

function trim(svg: string, alternative: string): string {
  const [, width, height] = / width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
  let text = withoutControls(svg)
    .slice(svg.indexOf(">") + 1)
    .replace(/<path class="foreground"[^>]*\/>/g, "")
    .replace(/<path class="background"(?![^>]* (?:fill|stroke)=)[^>]*\/>/g, "")
    // Between the brackets of tags only: what stands outside is text of the user.
    .replace(/<[^>]+>/g, (tag) =>
      tag
        .replace(NEEDLESS, "")
        .replace(/-?\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2)))),
    );
  for (let before = ""; before !== text; ) {
    before = text;
    text = text.replace(/<g[^>]*><\/g>/g, "");
  }
  return `<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeText(alternative)}">${text}`;
}
