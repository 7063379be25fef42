// fwht along axes of an array of any dimension, and of half types.
import { fwht } from "../../../dist/index.js";
import { drawKind, fill, fillBits } from "../values.js";

/** @import { FwhtOptions, Ordering } from "../../../dist/index.js" */
/** @import { Operation } from "../operation.js" */
/** @import { Random } from "../random.js" */

/** Sizes of an axis that is transformed, small ones and those with a matrix B; others may have any size. */
const SIZES = [1, 2, 2, 4, 4, 8, 16, 32, 64, 12, 20, 24, 92, 128, 256];
/** The most elements. */
const MOST = 8192;

/**
 * The sizes of all axes, and the axes that are transformed.
 * @param {Random} random
 */
function drawShape(random) {
  const dimensions = random.from(1, 4);
  const all = random.chance(0.3);
  const certain = random.below(dimensions);
  /** @type {number[]} */
  const shape = [];
  /** @type {number[]} */
  const axes = [];
  let left = MOST;
  for (let axis = 0; axis < dimensions; axis++) {
    const transformed = all || axis === certain || random.chance(0.5);
    const drawn = transformed ? random.pick(SIZES) : random.chance(0.02) ? 0 : random.size(1, 40);
    const size = drawn > left ? 1 : drawn;
    left = Math.floor(left / Math.max(1, size));
    shape.push(size);
    if (transformed) axes.push(random.chance(0.3) ? axis - dimensions : axis);
  }
  for (let i = axes.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [axes[i], axes[j]] = [axes[j], axes[i]];
  }
  return { shape, axes: axes.length === dimensions && random.chance(0.5) ? undefined : axes };
}

/**
 * @param {Random} random
 * @param {number} length
 */
function drawArray(random, length) {
  const type = random.pick(["float32", "float32", "float32", "float64", "int32", "float16", "bfloat16"]);
  switch (type) {
    case "int32":
      return { type, array: fillBits(random, new Int32Array(length)) };
    case "float16":
    case "bfloat16":
      return { type, array: fillBits(random, new Uint16Array(length)) };
    default: {
      const Type = type === "float64" ? Float64Array : Float32Array;
      return { type, array: fill(random, new Type(length), drawKind(random)) };
    }
  }
}

/**
 * @param {Random} random
 * @returns {{ array: Float32Array | Float64Array | Int32Array | Uint16Array, options: FwhtOptions }}
 */
function drawCase(random) {
  const { shape, axes } = drawShape(random);
  const length = shape.reduce((product, size) => product * size, 1);
  const { type, array } = drawArray(random, length);
  /** @type {FwhtOptions} */
  const options = { shape };
  if (axes !== undefined) options.axes = axes;
  if (type === "float16" || type === "bfloat16") options.type = type;
  if (random.chance(0.5)) {
    options.scale = type === "int32" ? "inverse" : random.pick(["inverse", "orthonormal", 0.3, -2]);
  }
  if (random.chance(0.3)) options.transpose = random.chance(0.7);
  const sizes = (axes ?? shape.map((_, axis) => axis)).map((axis) => shape.at(axis) ?? 0);
  if (random.chance(0.2) && sizes.every((size) => (size & (size - 1)) === 0)) {
    options.ordering = random.pick(/** @type {Ordering[]} */ (["sequency", "dyadic"]));
  }
  return { array, options };
}

const OPTIONS = ["shape", "axes", "scale", "transpose", "ordering", "backend"];

/** @type {Operation[]} */
export const AXES = [
  {
    name: "fwht of axes",
    weight: 12,
    kinds: ["transformed", "options"],
    options: OPTIONS,
    draw(random) {
      const { array, options } = drawCase(random);
      return {
        shape: { ...options, array: array.constructor.name },
        on(backend, memory) {
          const x = memory.inPlace(array);
          return {
            args: [x, { ...options, backend }],
            run: fwht,
            results: (returned) => ({ x, returned: returned === x }),
          };
        },
      };
    },
  },
  {
    name: "fwht.plan of axes",
    weight: 3,
    kinds: ["transformed", "options"],
    options: OPTIONS,
    draw(random) {
      const { array, options } = drawCase(random);
      return {
        shape: { ...options, array: array.constructor.name },
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
