// fwht and fwht.plan.
import { fwht } from "../../../dist/index.js";
import { drawKind, fill, fillBits } from "../values.js";

/** @import { FwhtOptions, Ordering, TransformArray } from "../../../dist/index.js" */
/** @import { Operation } from "../operation.js" */
/** @import { Random } from "../random.js" */

const FACTORS = [
  12, 20, 28, 36, 44, 52, 60, 68, 76, 84, 92, 100, 108, 116, 124, 132, 140, 148, 156, 164, 172,
];
const LONG = [8192, 11_008, 65_536, 2 ** 17, 20 * 4096, 92 * 512];
/** The most elements in an ordinary case. */
const MOST = 2048;

/** @param {Random} random */
function drawLength(random) {
  if (random.chance(0.0005)) return random.pick(LONG);
  if (random.chance(0.5)) return 2 ** random.from(0, random.chance(0.2) ? 12 : 8);
  return random.pick(FACTORS) * 2 ** Math.max(0, random.from(-4, 3));
}

/**
 * @param {Random} random
 * @param {number} length
 * @returns {{ array: TransformArray, type: string }}
 */
function drawArray(random, length) {
  if (random.chance(0.2)) return { array: fillBits(random, new Int32Array(length)), type: "int32" };
  const kind = drawKind(random);
  const Type = random.chance(0.7) ? Float32Array : Float64Array;
  return { array: fill(random, new Type(length), kind), type: `${Type.name} ${kind}` };
}

/**
 * @param {Random} random
 * @param {number} rowLength
 * @param {boolean} integers
 * @returns {FwhtOptions}
 */
function drawOptions(random, rowLength, integers) {
  /** @type {FwhtOptions} */
  const options = {};
  if (random.chance(0.5)) options.scale = integers ? "inverse" : drawScale(random);
  if (random.chance(0.3)) options.transpose = random.chance(0.7);
  if ((rowLength & (rowLength - 1)) === 0 && random.chance(0.3)) {
    options.ordering = random.pick(/** @type {Ordering[]} */ (["natural", "sequency", "dyadic"]));
  }
  return options;
}

/** @param {Random} random */
const drawScale = (random) =>
  random.pick([
    /** @type {const} */ ("inverse"),
    /** @type {const} */ ("orthonormal"),
    1,
    0,
    -0.3,
    1e-40,
    3e38,
  ]);

/**
 * The array of a case and its options.
 * @param {Random} random
 */
function drawTransform(random) {
  const rowLength = drawLength(random);
  const most = Math.max(1, Math.floor(MOST / rowLength));
  const rows = random.chance(0.02) ? 0 : random.chance(0.5) ? 1 : random.from(1, Math.min(most, 40));
  const { array, type } = drawArray(random, rows * rowLength);
  const options = drawOptions(random, rowLength, type === "int32");
  if (rows !== 1 || random.chance(0.5)) options.rowLength = rowLength;
  return { array, options, shape: { rows, rowLength, type, options } };
}

/** @type {Operation[]} */
export const TRANSFORMS = [
  {
    name: "fwht",
    weight: 20,
    kinds: ["transformed", "options"],
    options: ["rowLength", "scale", "transpose", "ordering", "backend"],
    draw(random) {
      const { array, options, shape } = drawTransform(random);
      // Without options it takes a shorter way, and the backend of the package.
      const bare = Object.keys(options).length === 0 && random.chance(0.5);
      return {
        shape,
        width: options.rowLength,
        on(backend, memory) {
          const x = memory.inPlace(array);
          return {
            args: bare ? [x] : [x, { ...options, backend }],
            run: fwht,
            results: (returned) => ({ x, returned: returned === x }),
          };
        },
      };
    },
  },
  {
    name: "fwht.plan",
    weight: 6,
    kinds: ["transformed", "options"],
    options: ["rowLength", "scale", "transpose", "ordering", "backend"],
    draw(random) {
      const { array, options, shape } = drawTransform(random);
      return {
        shape,
        width: options.rowLength,
        on(backend, memory) {
          const x = memory.inPlace(array);
          return {
            args: [x, { ...options, backend }],
            run: fwht.plan,
            results(transform) {
              transform();
              const once = x.slice();
              transform();
              return { once, twice: x };
            },
          };
        },
      };
    },
  },
];
