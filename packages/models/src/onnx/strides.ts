import { intOf, intsOf } from "./attributes.js";
import type { NodeProto } from "./onnx_pb.js";
import { product } from "./sizes.js";

/** Numbers and the sizes of the axes they lie along, the last fastest. */
export interface Laid<Values extends Float32Array | Float64Array = Float32Array> {
  readonly dims: readonly number[];
  readonly values: Values;
}

/** Axes from the end are negative; null for one that is not there. */
export function axisOf(axis: number, rank: number): number | null {
  const counted = axis < 0 ? axis + rank : axis;
  return counted >= 0 && counted < rank ? counted : null;
}

/** Transpose: without an order, axes are reversed. */
export function transposedBy<V extends Float32Array | Float64Array>(
  from: Laid<V>,
  order: readonly number[] | null,
): Laid<V> | null {
  const rank = from.dims.length;
  const perm = order ?? from.dims.map((_, i) => rank - 1 - i);
  if (perm.length !== rank || [...perm].sort((a, b) => a - b).some((axis, i) => axis !== i)) return null;
  const strides = from.dims.map((_, i) => product(from.dims.slice(i + 1)));
  return gathered(
    from,
    perm.map((axis) => from.dims[axis]),
    perm.map((axis) => strides[axis]),
    0,
  );
}

/** Slice; of steps only 1, and −1 over whole axes, as exporters turn a list around. */
export function sliced<V extends Float32Array | Float64Array>(
  from: Laid<V>,
  starts: readonly number[] | null,
  ends: readonly number[] | null,
  axes: readonly number[] | null,
  steps: readonly number[] | null,
): Laid<V> | null {
  if (starts === null || ends === null || starts.length !== ends.length) return null;
  const dims = [...from.dims];
  const strides = from.dims.map((_, i) => product(from.dims.slice(i + 1)));
  let offset = 0;
  for (const [i, start] of starts.entries()) {
    const axis = axisOf(axes?.[i] ?? i, dims.length);
    if (axis === null) return null;
    const step = steps?.[i] ?? 1;
    if (step === -1 && start === -1 && ends[i] < -from.dims[axis]) {
      offset += (from.dims[axis] - 1) * strides[axis];
      strides[axis] = -strides[axis];
      continue;
    }
    if (step !== 1) return null;
    const within = (at: number) => Math.min(Math.max(at < 0 ? at + from.dims[axis] : at, 0), from.dims[axis]);
    const first = within(start);
    offset += first * strides[axis];
    dims[axis] = Math.max(0, within(ends[i]) - first);
  }
  return gathered(from, dims, strides, offset);
}

/** Reshape, Flatten, Squeeze and Unsqueeze: the numbers stay where they are. */
export function reshaped<V extends Float32Array | Float64Array>(
  from: Laid<V>,
  node: NodeProto,
  second: readonly number[] | null,
): Laid<V> | null {
  const dims = newDims(from.dims, node, second);
  return dims !== null && product(dims) === from.values.length ? { dims, values: from.values } : null;
}

function newDims(
  dims: readonly number[],
  node: NodeProto,
  second: readonly number[] | null,
): number[] | null {
  const rank = dims.length;
  const given = second ?? intsOf(node, "axes");
  if (node.opType === "Reshape") {
    const shape = second?.map((size, i) =>
      size === 0 && intOf(node, "allowzero", 0) === 0 ? (dims[i] ?? -2) : size,
    );
    if (shape === undefined) return null;
    const rest = product(shape.filter((size) => size !== -1));
    return shape.map((size) => (size === -1 ? product(dims) / rest : size));
  }
  if (node.opType === "Flatten") {
    const axis = intOf(node, "axis", 1);
    const cut = axis < 0 ? axis + rank : axis;
    return [product(dims.slice(0, cut)), product(dims.slice(cut))];
  }
  if (node.opType === "Squeeze") {
    const axes = given?.map((axis) => axisOf(axis, rank));
    return dims.filter((dim, i) => (axes === undefined ? dim !== 1 : !axes.includes(i)));
  }
  if (node.opType === "Unsqueeze" && given !== null) {
    const result = [...dims];
    for (const axis of given.map((at) => (at < 0 ? at + rank + given.length : at)).sort((a, b) => a - b))
      result.splice(axis, 0, 1);
    return result;
  }
  return null;
}

function gathered<V extends Float32Array | Float64Array>(
  from: Laid<V>,
  dims: number[],
  strides: readonly number[],
  offset: number,
): Laid<V> {
  const values = new (from.values.constructor as new (length: number) => V)(product(dims));
  const at = dims.map(() => 0);
  let source = offset;
  for (let i = 0; i < values.length; i++) {
    values[i] = from.values[source];
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      source += strides[axis];
      if (++at[axis] < dims[axis]) break;
      source -= at[axis] * strides[axis];
      at[axis] = 0;
    }
  }
  return { dims, values };
}
