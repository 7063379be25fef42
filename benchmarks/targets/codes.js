// How far apart the vectors of the default code are.
import { classVector } from "../exact.js";
import { FixedClassifier } from "../product.js";
import { judge } from "./row.js";

/** @import { Coherence, HeadTable } from "../product.js" */
/** @import { Row } from "./row.js" */

/** @typedef {[features: number, classes: number]} Shape */

/** @type {{ shapes: Shape[], of: keyof Coherence, atMost: number }[]} */
const ROWS = [
  {
    shapes: [
      [1664, 1000],
      [1280, 1000],
      [960, 900],
      [2048, 1000],
      [384, 50],
    ],
    of: "absolute",
    atMost: 0,
  },
  {
    shapes: [
      [512, 1000],
      [768, 1000],
    ],
    of: "signed",
    atMost: 0,
  },
  { shapes: [[2048, 21_841]], of: "absolute", atMost: 1 / 32 },
  { shapes: [[512, 100_000]], of: "absolute", atMost: 1 / 16 },
  { shapes: [[768, 30_522]], of: "absolute", atMost: 1 / 8 },
];
const NAMES = { absolute: "largest |cos|", signed: "largest cos" };
const PAIRS = 2000;

/** @param {Shape} shape */
const nameOf = ([features, classes]) => `${features}→${classes.toLocaleString("en")}`;

/** @param {Shape} shape */
function coherenceOf([features, classes]) {
  const { code } = new FixedClassifier({ features, classes });
  const { coherence } = code;
  verify(nameOf([features, classes]), code.table, coherence);
  return coherence;
}

/**
 * Throws if two of many classes drawn are nearer than the coherence says.
 * @param {string} what
 * @param {HeadTable} table
 * @param {Coherence} coherence
 */
function verify(what, table, { absolute, signed }) {
  const { features, classes } = table;
  for (let k = 0; k < PAIRS; k++) {
    const first = (k * 7_919) % classes;
    const second = (first + 1 + ((k * 104_729) % (classes - 1))) % classes;
    const [v, w] = [classVector(table, first), classVector(table, second)];
    const cosine = v.reduce((sum, value, i) => sum + value * w[i], 0) / features;
    if (cosine > signed || (cosine !== -1 && Math.abs(cosine) > absolute)) {
      throw new Error(`coherence ${what}: the cosine of the classes ${first} and ${second} is ${cosine}`);
    }
  }
}

/** @returns {Row[]} */
export function codeRows() {
  return ROWS.map(({ shapes, of, atMost }) => {
    const values = shapes.map((shape) => coherenceOf(shape)[of]);
    const value = Math.max(...values);
    return {
      what: `${NAMES[of]} of two classes, ${shapes.map(nameOf).join(", ")}`,
      target: `≤ ${atMost}`,
      unit: "cosine",
      ...judge(value, { atMost }),
      measured: `at ${nameOf(shapes[values.indexOf(value)])}`,
    };
  });
}
