// Other widths of product codes and other ways to train them, on sets whose rows take a minute or two: what docs/product-training.md shows.

import { fashionMnistSample } from "./data/fashion-mnist.js";
import { clinc150 } from "./data/shared.js";
import { ROWS, SETS } from "./sets.js";

/** @import { Source } from "./fetch/provide.js" */
/** @import { Options, ResultSet, Row } from "./sets.js" */

const fromMeans = { start: "class-means" };

/** Rows that another table has already come first. @type {{ source: Source, beside: string[], variants: [head: string, own: Options][] }[]} */
const TABLES = [
  {
    source: clinc150,
    beside: ["learned", "cosine", "hadamard", "product:4", "product:8"],
    variants: [
      ["product:2", {}],
      ["product:16", {}],
      ["product:32", {}],
      ["product:4", fromMeans],
      ["product:8", fromMeans],
      ["blended:8", {}],
      ["frozen:8", {}],
    ],
  },
  {
    source: fashionMnistSample,
    beside: ["learned", "cosine", "hadamard", "product:4", "product:8"],
    variants: [
      ["product:8", fromMeans],
      ["blended:8", {}],
      ["frozen:8", {}],
    ],
  },
];

/** @param {Source} source @returns {ResultSet} */
function setOf(source) {
  const set = SETS.find((one) => one.source === source);
  if (set === undefined) throw new Error(`there is no set ${source.name}`);
  return set;
}

/** A row, and what is particular to it. @typedef {{ row: Row, own: Options }} Variant */

/** Of each table its rows. */
export const VARIANT_TABLES = TABLES.map(({ source, beside, variants }) => {
  const set = setOf(source);
  const old = ROWS.filter((row) => row.set === set && beside.includes(row.head));
  return {
    set,
    beside: old.map((row) => ({ row, own: {} })),
    variants: variants.map(([head, own]) => ({
      own,
      row: {
        id: [`${source.name}/${head}`, ...Object.values(own)].join("."),
        set,
        head,
        options: { baselines: "none", ...set.options, ...own },
      },
    })),
  };
});

/** @type {Row[]} */
export const VARIANT_ROWS = VARIANT_TABLES.flatMap(({ variants }) => variants.map(({ row }) => row));
