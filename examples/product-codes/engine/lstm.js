// Long short-term memory, one layer, as torch.nn.LSTM has it: gates in the order i, f, g, o.
import { sum } from "./operations.js";

/** @import { Tensor } from "./graph.js" */

/** @typedef {{ h: Tensor, c: Tensor }} State batch × size */

/**
 * @param {Tensor} x (steps · batch) × features, step after step
 * @param {{ inputs: Tensor, hidden: Tensor, inputBias: Tensor, hiddenBias: Tensor }} weights (4 · size) × features and so on
 * @param {State} start which gets no gradient: steps before it are cut off
 * @param {number} steps
 * @returns {{ output: Tensor, h: Tensor, c: Tensor }} (steps · batch) × size, and the state at the end
 */
export function lstm(x, { inputs, hidden, inputBias, hiddenBias }, start, steps) {
  const { graph } = x;
  const [batch, size] = start.h.shape;
  const cell = [batch, size];
  const all = [steps * batch, 4 * size];
  /** @type {(op: string, ...terms: Tensor[]) => Tensor} */
  const on = (op, ...terms) => graph.node(op, terms, terms[0].shape);
  const bias = on("Add", inputBias, hiddenBias);
  const projected = split(graph.node("Gemm", [x, inputs, bias], all, { transB: 1 }), 0, steps);

  /** @type {{ i: Tensor, f: Tensor, g: Tensor, o: Tensor, squashed: Tensor, h: Tensor, before: State }[]} */
  const kept = [];
  let { h, c } = start;
  for (const part of projected) {
    const gates = graph.node("Gemm", [h, hidden, part], [batch, 4 * size], { transB: 1 });
    const [i, f, g, o] = split(gates, 1, 4).map((gate, k) => on(k === 2 ? "Tanh" : "Sigmoid", gate));
    const before = { h, c };
    c = on("Add", on("Mul", f, c), on("Mul", i, g));
    const squashed = on("Tanh", c);
    h = on("Mul", o, squashed);
    kept.push({ i, f, g, o, squashed, h, before });
  }
  const output = concat(
    kept.map((step) => step.h),
    0,
  );

  graph.differentiable(output, [x, inputs, hidden, inputBias, hiddenBias], (gradient) => {
    const slope = (/** @type {Tensor} */ y) => on("Sub", y, on("Mul", y, y));
    const parts = split(gradient, 0, steps);
    /** @type {Tensor[]} */
    const ofGates = [];
    /** @type {Tensor | null} */
    let ofH = null;
    /** @type {Tensor | null} */
    let ofC = null;
    for (let t = steps - 1; t >= 0; t--) {
      const { i, f, g, o, squashed, before } = kept[t];
      const dh = ofH === null ? parts[t] : on("Add", parts[t], ofH);
      const through = on("Mul", on("Mul", dh, o), minusSquare(squashed));
      const dc = ofC === null ? through : on("Add", through, ofC);
      ofGates[t] = concat(
        [
          on("Mul", on("Mul", dc, g), slope(i)),
          on("Mul", on("Mul", dc, before.c), slope(f)),
          on("Mul", on("Mul", dc, i), minusSquare(g)),
          on("Mul", on("Mul", dh, squashed), slope(o)),
        ],
        1,
      );
      ofC = on("Mul", dc, f);
      ofH = graph.node("Gemm", [ofGates[t], hidden], cell);
    }
    const gates = concat(ofGates, 0);
    const before = concat(
      kept.map((step) => step.before.h),
      0,
    );
    const ofBias = sum(gates, [0]);
    return [
      graph.node("Gemm", [gates, inputs], x.shape),
      graph.node("Gemm", [gates, x], inputs.shape, { transA: 1 }),
      graph.node("Gemm", [gates, before], hidden.shape, { transA: 1 }),
      ofBias,
      ofBias,
    ];
  });
  return { output, h, c };

  /** 1 − y². @param {Tensor} y */
  function minusSquare(y) {
    return graph.node("Sub", [graph.constant(1), on("Mul", y, y)], y.shape);
  }
}

/**
 * @param {Tensor} x
 * @param {number} axis
 * @param {number} count
 */
function split(x, axis, count) {
  const shape = x.shape.map((size, k) => (k === axis ? size / count : size));
  const sizes = x.graph.constant(Array(count).fill(shape[axis]), "int64");
  return x.graph.nodeOf("Split", [x, sizes], Array(count).fill({ shape }), { axis });
}

/**
 * @param {Tensor[]} tensors of one shape
 * @param {number} axis
 */
function concat(tensors, axis) {
  const shape = tensors[0].shape.map((size, k) => (k === axis ? size * tensors.length : size));
  return tensors[0].graph.node("Concat", tensors, shape, { axis });
}
