import { COLOURS } from "./series.js";

interface Theme {
  readonly page: string;
  readonly text: string;
  readonly soft: string;
  readonly line: string;
  readonly box: string;
  readonly link: string;
  readonly heat: string;
  readonly bar: string;
  readonly series: readonly string[];
}

const LIGHT: Theme = {
  page: "#ffffff",
  text: "#1b1f23",
  soft: "#57606a",
  line: "#d0d7de",
  box: "#f4f6f8",
  link: "#0860ca",
  heat: "#6cb6ea",
  bar: "#b4bcc4",
  series: COLOURS.light,
};

const DARK: Theme = {
  page: "#14171a",
  text: "#e4e8ec",
  soft: "#a2abb4",
  line: "#3a4148",
  box: "#1d2226",
  link: "#79b8ff",
  heat: "#0f6cb0",
  bar: "#5b646d",
  series: COLOURS.dark,
};

const variables = ({ series, ...others }: Theme): string =>
  [
    ...Object.entries(others).map(([name, colour]) => `--${name}:${colour}`),
    ...series.map((colour, i) => `--s${i}:${colour}`),
  ].join(";");

/** Print has the colours of the light page, whatever the reader's screen has. */
export const STYLE = `
:root{color-scheme:light dark;${variables(LIGHT)}}
@media screen and (prefers-color-scheme:dark){:root{${variables(DARK)}}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:80rem;background:var(--page);color:var(--text);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.2;margin:.5rem 0 1rem}
h2{font-size:1.25rem;margin:2.5rem 0 .75rem;padding-bottom:.25rem;border-bottom:1px solid var(--line)}
h3{font-size:1rem;margin:1.5rem 0 .5rem}
a{color:var(--link)}
nav ul,.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;margin:0 0 1rem;padding:0}
.answer{font-size:1.15rem;margin:0 0 1rem;padding:.75rem 1rem;background:var(--box);border-left:.3rem solid var(--s0)}
.failed{list-style:none;border-left:.3rem solid var(--s1);padding:.5rem 1rem;background:var(--box);margin:0 0 1rem}
.note,footer,dl{color:var(--soft);font-size:.875rem}
.note{margin:.25rem 0}
dt{font-weight:600}dd{margin:0 0 .25rem 1rem}
.options{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,15rem),1fr));gap:.25rem 2rem;margin:0;color:inherit}
.options div{display:flex;justify-content:space-between;gap:1rem;border-bottom:1px solid var(--line)}
.options dt{font-weight:500}.options dd{margin:0;text-align:right}
.legend{font-size:.9rem}.legend svg{vertical-align:middle}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:1.25rem 2rem}
.small{grid-template-columns:repeat(auto-fill,minmax(min(100%,15rem),1fr))}
.large{grid-template-columns:repeat(auto-fit,minmax(min(100%,32rem),1fr))}
figure{margin:0;min-width:0}
figcaption{font-weight:600}
figure img{width:100%;max-width:30rem;height:auto;image-rendering:pixelated}
.chart{display:block;width:100%;max-width:30rem;height:auto}
.chart text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
.wide .chart{min-width:36rem;max-width:46rem}
.scroll{overflow-x:auto;max-width:100%}
.scroll:focus-visible,summary:focus-visible,a:focus-visible{outline:2px solid var(--link);outline-offset:2px}
details{margin:.25rem 0}
details .scroll{max-height:26rem;overflow:auto}
summary{cursor:pointer;color:var(--soft);font-size:.875rem;padding:.25rem 0}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.875rem;overflow-wrap:normal}
th,td{padding:.3rem .5rem;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap;vertical-align:bottom}
th:first-child{text-align:left;position:sticky;left:0;background:var(--page);max-width:14rem;white-space:normal}
tbody th{font-weight:500}
.plain td{text-align:left;white-space:normal;min-width:10rem}
.plain th{vertical-align:top}
tbody.baselines th,tbody.baselines td{color:var(--soft)}
tbody.baselines tr:first-child>*{border-top:2px solid var(--line)}
pre{margin:0;padding:.75rem 1rem;background:var(--box);font-size:.875rem;width:max-content;min-width:100%}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
@media (max-width:30rem){h1{font-size:1.35rem}.answer{font-size:1.05rem}body{padding:.75rem}}
@media print{
body{max-width:none;padding:0;font-size:10pt}
nav,details:not([open]),details[open]>summary{display:none}
figure,.answer,tr{break-inside:avoid}h2,h3{break-after:avoid}
.figures{grid-template-columns:1fr 1fr}.small{grid-template-columns:1fr 1fr 1fr}
.scroll{overflow:visible}table{font-size:7.5pt}th,td{padding:.15rem .3rem;white-space:normal}th:first-child{position:static}
.wide .chart{min-width:0}
pre{width:auto;white-space:pre-wrap}
}
`;
