/** Long short-term memory, one layer, as torch.nn.LSTM has it: gates in the order i, f, g, o. */
import type { Tensor } from "./graph.js";
import { concat, split, sum } from "./operations.js";

/** batch × size. */
export interface State {
  readonly h: Tensor;
  readonly c: Tensor;
}

/** (4 · size) × features, (4 · size) × size, and 4 · size twice. */
export interface Weights {
  readonly inputs: Tensor;
  readonly hidden: Tensor;
  readonly inputBias: Tensor;
  readonly hiddenBias: Tensor;
}

interface Kept extends State {
  readonly i: Tensor;
  readonly f: Tensor;
  readonly g: Tensor;
  readonly o: Tensor;
  readonly squashed: Tensor;
  readonly before: State;
}

/**
 * @param x (steps · batch) × features, step after step
 * @param start which gets no gradient: steps before it are cut off
 * @returns (steps · batch) × size, and the state at the end
 */
export function lstm(x: Tensor, weights: Weights, start: State, steps: number): State & { output: Tensor } {
  const { inputs, hidden, inputBias, hiddenBias } = weights;
  const { graph } = x;
  const [batch, size] = start.h.shape;
  const bias = on("Add", inputBias, hiddenBias);
  const all = [steps * batch, 4 * size];
  const projected = split(graph.node("Gemm", [x, inputs, bias], all, { transB: 1 }), 0, steps);

  const kept: Kept[] = [];
  let { h, c } = start;
  for (const part of projected) {
    const gates = graph.node("Gemm", [h, hidden, part], [batch, 4 * size], { transB: 1 });
    const [i, f, g, o] = split(gates, 1, 4).map((gate, k) => on(k === 2 ? "Tanh" : "Sigmoid", gate));
    const before = { h, c };
    c = on("Add", on("Mul", f, c), on("Mul", i, g));
    const squashed = on("Tanh", c);
    h = on("Mul", o, squashed);
    kept.push({ i, f, g, o, squashed, h, c, before });
  }
  const outputs = kept.map((step) => step.h);
  const output = concat(outputs, 0);

  graph.differentiable(output, [x, inputs, hidden, inputBias, hiddenBias], (gradient) => {
    const gates = concat(gateGradients(kept, hidden, split(gradient, 0, steps)), 0);
    const before = concat([start.h, ...outputs.slice(0, -1)], 0);
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
}

/** By what goes into the gates, step by step from the last to the first. */
function gateGradients(kept: readonly Kept[], hidden: Tensor, gradients: readonly Tensor[]): Tensor[] {
  const { graph } = hidden;
  const ofGates: Tensor[] = [];
  let ofH: Tensor | null = null;
  let ofC: Tensor | null = null;
  for (let t = kept.length - 1; t >= 0; t--) {
    const { i, f, g, o, squashed, before } = kept[t];
    const dh: Tensor = ofH === null ? gradients[t] : on("Add", gradients[t], ofH);
    const through = on("Mul", on("Mul", dh, o), minusSquare(squashed));
    const dc: Tensor = ofC === null ? through : on("Add", through, ofC);
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
    ofH = graph.node("Gemm", [ofGates[t], hidden], before.h.shape);
  }
  return ofGates;
}

const on = (op: string, ...terms: readonly Tensor[]): Tensor =>
  terms[0].graph.node(op, terms, terms[0].shape);

/** y − y²: the slope of the sigmoid. */
const slope = (y: Tensor): Tensor => on("Sub", y, on("Mul", y, y));

/** 1 − y²: the slope of the hyperbolic tangent. */
const minusSquare = (y: Tensor): Tensor =>
  y.graph.node("Sub", [y.graph.constant(1), on("Mul", y, y)], y.shape);
