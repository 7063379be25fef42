// What is hashed: generators of results, one a group. Inputs come from seeds, so they are the same everywhere.
import { FixedClassifier, fwht, rotation } from "../../dist/index.js";
import { doubles, floats, integers, labels } from "./inputs.js";

/** @import { Backend, FixedClassifierOptions, FwhtOptions, Gradient, Ordering, Reduction, TransformArray } from "../../dist/index.js" */
/** @import { Kind } from "./inputs.js" */
/** @typedef {TransformArray | number} Result */
/** @typedef {(backend: Backend) => Iterable<Result> | AsyncIterable<Result>} Case */

/**
 * What is done with a head, `rows` rows of features for it and a seed.
 * @typedef {(head: FixedClassifier, x: Float32Array<ArrayBuffer>, seed: number, rows: number) =>
 *   Iterable<Result> | AsyncIterable<Result>} HeadCase
 */

const POWERS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 18].map((m) => 2 ** m);
const OTHERS = [12, 20, 24, 28, 36, 100, 200, 256 * 3, 384, 640, 1008, 1280, 1664, 7168, 20 * 4096];

/** Lengths b·2^m whose matrix B is not symmetric. */
const NOT_SYMMETRIC = [92, 116, 156, 172, 184, 232, 344, 11_008];

/** @type {Ordering[]} */
const ORDERINGS = ["sequency", "dyadic"];

/**
 * Transforms of arrays that `fill` makes, in every length and order.
 * @param {Backend} backend
 * @param {(length: number, seed: number) => TransformArray} fill
 * @param {NonNullable<FwhtOptions["scale"]>[]} scales
 */
function* transforms(backend, fill, scales) {
  let seed = 1;
  for (const n of [...POWERS, ...OTHERS]) {
    for (const scale of scales) {
      const rows = n <= 4096 ? 3 : 1;
      const x = fill(rows * n, seed++);
      fwht(x, { rowLength: n, scale, backend });
      yield x;
    }
  }
  for (const ordering of ORDERINGS) {
    const x = fill(3 * 64, seed++);
    fwht(x, { rowLength: 64, ordering, backend });
    yield x;
  }
  const bound = fill(1024, seed);
  const run = fwht.plan(bound, { backend });
  run();
  run();
  yield bound;
}

/**
 * Rotations and their inverses, of orders and other lengths.
 * @param {Backend} backend
 */
function* rotations(backend) {
  let seed = 1;
  for (const length of [
    ...POWERS,
    ...OTHERS,
    3,
    5,
    7,
    33,
    63,
    100,
    127,
    129,
    333,
    1000,
    1023,
    3000,
    11_008,
    300_001,
  ]) {
    for (const rounds of length <= 4096 ? [1, 2] : [1]) {
      const x = floats((length <= 4096 ? 3 : 1) * length, seed, KINDS[seed++ % KINDS.length]);
      const r = rotation({ length, seed, rounds, backend });
      yield r.apply(x.slice());
      yield r.invert(x);
    }
  }
}

/**
 * Codes and shapes: powers of two, Paley orders, few and many classes, several blocks, columns, dense matrices.
 * @type {FixedClassifierOptions[]}
 */
const HEADS = [
  ...[
    [1, 2],
    [2, 3],
    [3, 5],
    [5, 8],
    [7, 16],
    [16, 15],
    [17, 33],
    [64, 10],
    [64, 127],
    [100, 101],
    [128, 300],
    [200, 100],
    [255, 511],
    [256, 128],
    [257, 300],
    [300, 1500],
    [384, 50],
    [512, 255],
    [512, 256],
    [512, 1000],
    [768, 2000],
    [1000, 17],
    [1024, 255],
    [1024, 2048],
    [1280, 1000],
    [1664, 1000],
    [2048, 500],
    [2048, 1000],
    [4096, 1000],
    [512, 5000],
  ].map(([features = 0, classes = 0]) => ({ features, classes })),
  { features: 40, classes: 2000, code: "hadamard", seed: 7 },
  { features: 64, classes: 10, code: "sylvester" },
  { features: 100, classes: 70, code: "sylvester" },
  { features: 60, classes: 200, code: "sylvester", allowDuplicates: true },
  { features: 1280, classes: 1000, code: "sylvester" },
  { features: 3, classes: 4, code: "simplex" },
  { features: 19, classes: 20, code: "simplex" },
  { features: 511, classes: 500, code: "simplex" },
  { features: 4, classes: 8, code: "orthoplex" },
  { features: 48, classes: 90, code: "orthoplex" },
  { features: 10, classes: 1000, code: "cube" },
  { features: 3, classes: 5, code: "cube" },
  { features: 37, classes: 50, code: "orthogonal", seed: 3 },
  { features: 64, classes: 10, code: "learned", seed: 5 },
];
/**
 * Heads whose transposed transform has another matrix.
 * @type {FixedClassifierOptions[]}
 */
const NOT_SYMMETRIC_HEADS = [
  ...[
    [90, 100],
    [116, 20],
    [156, 400],
    [172, 171],
    [344, 1000],
    [11_008, 30],
  ].map(([features = 0, classes = 0]) => ({ features, classes })),
  { features: 91, classes: 50, code: "simplex" },
  { features: 184, classes: 200, code: "orthoplex" },
];
/** @type {Reduction[]} */
const REDUCTIONS = ["mean", "sum", "none"];
/** @type {Kind[]} */
const KINDS = ["normal", "positive", "integers", "huge", "tiny", "mixed", "zeros", "special"];

/**
 * `use` over every head, with rows of changing kinds and numbers.
 * @param {HeadCase} use
 * @returns {Case}
 */
const onHeads = (use, heads = HEADS) =>
  async function* (backend) {
    let seed = 100;
    for (const options of heads) {
      for (const bias of [true, false]) {
        const { features, classes } = options;
        const head = new FixedClassifier({ ...options, bias, backend });
        head.bias?.set(floats(classes, seed++));
        const kind = KINDS[seed % KINDS.length];
        const rows = features * classes > 500_000 ? 3 : [1, 2, 33, 70][seed % 4];
        yield* use(head, floats(rows * features, seed++, "normal"), seed, rows);
        yield* use(head, floats(rows * features, seed++, kind), seed, rows);
      }
    }
  };

/** @param {Gradient} gradient */
function* gradientOf({ features, scale, bias, weights }) {
  yield features;
  if (scale !== null) yield scale;
  if (bias !== null) yield bias;
  if (weights !== null) yield weights;
}

/**
 * Shapes, and which of their axes are transformed.
 * @type {[shape: number[], axes: number[]][]}
 */
const AXES = [
  [[64, 64], [0]],
  [
    [64, 64],
    [0, 1],
  ],
  [[3, 128, 17], [1]],
  [
    [20, 5, 24],
    [0, 2],
  ],
  [
    [48, 640],
    [0, 1],
  ],
  [[2, 4096, 33], [1]],
  [[1024, 1100], [0]],
  [[1280, 210], [0]],
  [[256, 3], [0]],
];

/** @type {Case} */
function* axes(backend) {
  let seed = 1;
  for (const [shape, axes] of AXES) {
    const length = shape.reduce((a, b) => a * b);
    for (const fill of [floats, doubles, integers]) {
      const x = fill(length, seed++);
      yield fwht(x, { shape, axes, scale: "inverse", backend });
    }
  }
}

/** @type {Case} */
function* halves(backend) {
  let seed = 1;
  for (const type of /** @type {const} */ (["float16", "bfloat16"])) {
    for (const rowLength of [1, 2, 16, 48, 1024]) {
      for (const scale of /** @type {const} */ ([1, "orthonormal"])) {
        const bits = Uint16Array.from(integers(5 * rowLength, seed++), (v) => v & 0xbfff);
        yield Int32Array.from(fwht(bits, { type, rowLength, scale, backend }));
      }
    }
    const bits = Uint16Array.from(integers(20 * 7 * 16, seed++), (v) => v & 0xbfff);
    yield Int32Array.from(fwht(bits, { type, shape: [20, 7, 16], axes: [0, 2], backend }));
  }
}

/** @type {Record<string, Case>} */
export const CASES = {
  "fwht float32": (backend) => transforms(backend, floats, [1, "orthonormal", "inverse", 0.3]),
  "fwht float64": (backend) => transforms(backend, doubles, [1, "orthonormal", "inverse", 0.3]),
  "fwht int32": (backend) => transforms(backend, integers, [1, "inverse"]),
  "fwht of axes": axes,
  "fwht of half types": halves,
  rotation: rotations,

  "fwht by matrices that are not symmetric": function* (backend) {
    let seed = 1;
    for (const n of NOT_SYMMETRIC) {
      for (const transpose of [false, true]) {
        for (const fill of [floats, doubles, integers]) {
          for (const scale of /** @type {const} */ ([1, "inverse"])) {
            const x = fill(3 * n, seed++);
            fwht(x, { rowLength: n, transpose, scale, backend });
            yield x;
          }
        }
      }
    }
  },

  start: onHeads(function* (head) {
    yield head.scale;
    if (head.weights !== null) yield head.weights;
  }),
  forward: onHeads(function* (head, x) {
    yield head.forward(x);
    yield head.plan(x)();
  }),
  forwardAsync: onHeads(async function* (head, x) {
    yield await head.forwardAsync(x);
  }),
  probabilities: onHeads(function* (head, x) {
    yield head.probabilities(x);
    yield head.probabilities(x, { classes: [head.classes - 1, 0] });
  }),
  topK: onHeads(function* (head, x) {
    for (const k of [1, Math.min(5, head.classes), Math.min(64, head.classes)]) {
      const { classes, scores } = head.topK(x, k);
      yield classes;
      yield scores;
    }
  }),
  backward: onHeads(function* (head, x, seed, rows) {
    yield* gradientOf(head.backward(x, floats(rows * head.classes, seed + 1)));
  }),
  lossAndGradient: onHeads(function* (head, x, seed, rows) {
    const y = labels(rows, head.classes, seed);
    for (const labelSmoothing of [0, 0.1]) {
      for (const reduction of REDUCTIONS) {
        const { loss, gradient } = head.lossAndGradient(x, y, { labelSmoothing, reduction });
        yield loss;
        yield* gradientOf(gradient);
      }
    }
  }),
  "heads of matrices that are not symmetric": onHeads(function* (head, x, seed, rows) {
    yield head.forward(x);
    yield head.probabilities(x);
    yield head.topK(x, 5).scores;
    yield* gradientOf(head.backward(x, floats(rows * head.classes, seed + 1)));
    const { loss, gradient } = head.lossAndGradient(x, labels(rows, head.classes, seed));
    yield loss;
    yield* gradientOf(gradient);
  }, NOT_SYMMETRIC_HEADS),
  "other types of features": onHeads(function* (head, x, seed, rows) {
    const bits = Uint16Array.from(integers(rows * head.features, seed), (v) => v & 0xffff);
    yield head.forward(bits, { type: "float16" });
    yield head.forward(bits, { type: "bfloat16" });
    const int8 = Int8Array.from(integers(rows * head.features, seed + 1), (v) => v & 0xff);
    yield head.forward(int8, { featureScale: 0.1 });
    const y = labels(rows, head.classes, seed);
    yield* gradientOf(head.lossAndGradient(int8, y, { featureScale: 0.1 }).gradient);
    yield* gradientOf(head.backward(int8, floats((x.length / head.features) * head.classes, seed + 1)));
  }),
  "more classes": onHeads(function* (head, x) {
    const { code, features, classes } = head;
    if (code.name === "hadamard" && features > 5 && classes < 2000)
      yield head.withClasses(classes + 3).forward(x);
  }),
};
