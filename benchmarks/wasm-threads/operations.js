// What is shared between two threads: operations on rows, each on arrays that hold so many rows, and nothing of how they get there.

/** @typedef {typeof import("../../dist/index.js")} Api */
/** @typedef {{ operation: OperationName, features: number, classes: number }} Shape */
/**
 * @typedef {object} Arrays
 * @property {Float32Array} x rows × features
 * @property {Float32Array} out rows × what widthOf says; of transforms x itself
 * @property {Int32Array} labels one a row
 * @property {Float32Array} bias of the gradients: classes
 */
/** @typedef {"forward" | "topK(5)" | "lossAndGradient" | "fwht"} OperationName */

const K = 5;

/** @type {Record<OperationName, (shape: Shape) => number>} */
const WIDTHS = {
  forward: ({ classes }) => classes,
  "topK(5)": () => 2 * K,
  lossAndGradient: ({ features }) => features,
  fwht: ({ features }) => features,
};

/**
 * The elements of a row of results.
 * @param {Shape} shape
 */
export const widthOf = (shape) => WIDTHS[shape.operation](shape);

/**
 * The operations on one backend of WebAssembly, which belongs to the thread that asks for it.
 * @param {Api} api
 * @returns {(shape: Shape) => (arrays: Arrays) => void}
 */
export function operationsOf({ createBackend, FixedClassifier, fwht }) {
  const backend = createBackend("wasm", { instructionSet: "simd128" });
  /** @type {Map<string, import("../../dist/index.js").FixedClassifier>} */
  const heads = new Map();
  return ({ operation, features, classes: count }) => {
    if (operation === "fwht") return ({ x }) => void fwht(x, { rowLength: features, backend });
    const key = `${features} ${count}`;
    const head = heads.get(key) ?? new FixedClassifier({ features, classes: count, backend });
    heads.set(key, head);
    if (operation === "forward") return ({ x, out }) => void head.forward(x, { out });
    if (operation === "topK(5)") {
      return ({ x, out }) => {
        const { scores, classes } = head.topK(x, K);
        for (let i = 0; i < scores.length; i++) {
          out[2 * i] = scores[i];
          out[2 * i + 1] = classes[i];
        }
      };
    }
    // A sum over rows: the gradients of a row are then the same, whichever rows are beside it.
    return ({ x, out, labels, bias }) =>
      void head.lossAndGradient(x, labels, { reduction: "sum", out: { features: out, bias } });
  };
}

/**
 * Some rows of the arrays, without a copy, and where the gradient of the bias goes.
 * @param {Shape} shape
 * @param {Arrays} arrays
 * @param {number} first
 * @param {number} end
 * @returns {Arrays}
 */
export function rowsOf(shape, { x, out, labels, bias }, first, end) {
  const width = widthOf(shape);
  const someOfX = x.subarray(first * shape.features, end * shape.features);
  return {
    x: someOfX,
    out: out === x ? someOfX : out.subarray(first * width, end * width),
    labels: labels.subarray(first, end),
    bias,
  };
}

/**
 * @param {Shape} shape
 * @param {number} rows
 * @param {(bytes: number) => ArrayBufferLike} allocate
 * @returns {Arrays}
 */
export function arraysOf(shape, rows, allocate) {
  /** @param {number} length */
  const floats = (length) => new Float32Array(allocate(4 * length));
  const x = floats(rows * shape.features);
  return {
    x,
    out: shape.operation === "fwht" ? x : floats(rows * widthOf(shape)),
    labels: new Int32Array(allocate(4 * rows)),
    bias: floats(shape.classes),
  };
}

/**
 * What a message transfers.
 * @param {Arrays} arrays
 */
export const buffersOf = ({ x, out, labels, bias }) => [
  ...new Set([x, out, labels, bias].map(({ buffer }) => buffer)),
];
