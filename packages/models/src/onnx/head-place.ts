import { create } from "@bufbuild/protobuf";
import { Problem } from "../problem.js";
import { integerTensor, nodeOf } from "./build.js";
import type { GraphIndex } from "./graph-index.js";
import type { ModelProto, NodeProto, TensorProto, ValueInfoProto } from "./onnx_pb.js";
import { TensorProto_DataType as DataType, ValueInfoProtoSchema } from "./onnx_pb.js";
import type { Layout } from "./products.js";
import { rankOf } from "./rank.js";
import { changed, copyOf, FreshNames, renamed } from "./surgery.js";
import type { Step } from "./walk.js";

/** Where in a graph the head stands. */
export interface HeadPlace {
  /** The value that the features are in, and how they lie there. */
  readonly input: string;
  readonly layout: Layout;
  /** The number of axes of an image; 0 for rows. */
  readonly imageRank: number;
  readonly features: number;
  readonly classes: number;
  readonly product: NodeProto;
  readonly logits: string;
  readonly steps: readonly Step[];
  /** The type that the product is computed in. */
  readonly elementType: number;
  /** The type of the features, 0 where it cannot be told. */
  readonly inputType: number;
}

/** A head as nodes: rows × features to rows × classes, both float32 and of two axes. */
export interface HeadGraph {
  readonly input: string;
  readonly output: string;
  readonly nodes: readonly NodeProto[];
  readonly initializers: readonly TensorProto[];
  /** The lowest version of the standard operators in which the nodes mean what they shall. */
  readonly minOpset: number;
}

/** The model up to the features: its only output is "features", rows × features in float32. */
export function cutModel(model: ModelProto, index: GraphIndex, place: HeadPlace, path: string): ModelProto {
  const names = new FreshNames(index);
  const way = toRows(place, index, names);
  const output = names.name("features");
  const nodes = [...way.nodes, nodeOf("Identity", [way.output], [output])];
  return changed(
    model,
    index,
    {
      nodes,
      before: null,
      initializers: way.initializers,
      changed: new Map(),
      removed: new Set(),
      outputs: [rowsOf(output, place.features)],
    },
    path,
  );
}

/** The model with another head in the old one's place; what follows the logits stays. */
export function attachHead(
  model: ModelProto,
  index: GraphIndex,
  place: HeadPlace,
  head: HeadGraph,
  opset: number,
  path: string,
): ModelProto {
  if (opset < head.minOpset) {
    throw new Problem(
      `${path} has opset ${opset}, and the new head takes ${head.minOpset}; export the model with a newer opset (onnx.version_converter)`,
    );
  }
  const names = new FreshNames(index);
  const removed = new Set<NodeProto>([place.product]);
  const replaced = new Map<NodeProto, NodeProto>();
  let end = place.logits;
  for (const { node, input, stays } of place.steps) {
    if (!stays) removed.add(node);
    else {
      replaced.set(node, renamed(node, new Map([[node.output[0], end]])));
      end = input;
    }
  }
  const before = toRows(place, index, names);
  const inner = new Map([[head.input, before.output]]);
  for (const name of [
    ...head.initializers.map((tensor) => tensor.name),
    ...head.nodes.flatMap((node) => node.output),
  ]) {
    if (name !== "" && !inner.has(name)) inner.set(name, names.name(`head/${name}`));
  }
  const after = fromRows(place, index, names, inner.get(head.output) ?? head.output, end, opset);
  for (const tensor of head.initializers) {
    if (tensor.name === head.input)
      throw new Error(`the head's input "${head.input}" is one of its own tensors`);
  }
  return changed(
    model,
    index,
    {
      nodes: [
        ...before.nodes,
        ...head.nodes.map((node) => named(renamed(node, inner), names)),
        ...after.nodes,
      ],
      before: place.product,
      initializers: [
        ...before.initializers,
        ...head.initializers.map((tensor) =>
          Object.assign(copyOf(tensor), { name: inner.get(tensor.name) ?? tensor.name }),
        ),
        ...after.initializers,
      ],
      changed: replaced,
      removed,
      outputs: null,
    },
    path,
  );
}

function named(node: NodeProto, names: FreshNames): NodeProto {
  if (node.name !== "") node.name = names.name(`head/${node.name}`);
  return node;
}

interface Way {
  readonly nodes: readonly NodeProto[];
  readonly initializers: readonly TensorProto[];
  readonly output: string;
}

/** From the value that holds the features to rows of float32. */
function toRows(place: HeadPlace, index: GraphIndex, names: FreshNames): Way {
  const nodes: NodeProto[] = [];
  const initializers: TensorProto[] = [];
  let value = place.input;
  const then = (opType: string, inputs: readonly string[], attributes = {}): void => {
    const output = names.name(`features/${opType}`);
    nodes.push(nodeOf(opType, [value, ...inputs], [output], attributes));
    value = output;
  };
  if (place.layout === "columns") then("Transpose", [], { perm: [1n, 0n] });
  else if (place.layout === "pixel" || !isFlat(place, index)) {
    const shape = integerTensor(names.name("features/shape"), [-1, place.features]);
    initializers.push(shape);
    then("Reshape", [shape.name]);
  }
  if (!isFloat(place, index)) then("Cast", [], { to: BigInt(DataType.FLOAT) });
  return { nodes, initializers, output: value };
}

/** From rows of logits to the value of the name `end`, of the shape and type that the old head's had. */
function fromRows(
  place: HeadPlace,
  index: GraphIndex,
  names: FreshNames,
  from: string,
  end: string,
  opset: number,
): Way {
  const nodes: NodeProto[] = [];
  const initializers: TensorProto[] = [];
  const integers = (name: string, values: readonly number[]): string => {
    const tensor = integerTensor(names.name(`logits/${name}`), values);
    initializers.push(tensor);
    return tensor.name;
  };
  let value = from;
  const then = (opType: string, inputs: readonly string[], attributes = {}): string => {
    const output = names.name(`logits/${opType}`);
    nodes.push(nodeOf(opType, inputs, [output], attributes));
    return output;
  };
  if (place.layout === "pixel") {
    const ones = new Array<number>(place.imageRank - 2).fill(1);
    value = then("Reshape", [value, integers("shape", [-1, place.classes, ...ones])]);
  } else if (place.layout === "rows" && !isFlat(place, index)) {
    const whole = then("Shape", [place.input]);
    const rows =
      opset < 10
        ? then("Slice", [whole], { starts: [0n], ends: [-1n] })
        : then("Slice", [whole, integers("start", [0]), integers("end", [-1])]);
    const shape = then("Concat", [rows, integers("classes", [place.classes])], { axis: 0n });
    value = then("Reshape", [value, shape]);
  }
  if (place.elementType !== DataType.FLOAT) value = then("Cast", [value], { to: BigInt(place.elementType) });
  nodes.push(nodeOf("Identity", [value], [end]));
  return { nodes, initializers, output: end };
}

function isFlat({ input, product }: HeadPlace, index: GraphIndex): boolean {
  return product.opType === "Gemm" || rankOf(input, index) === 2;
}

function isFloat({ input, inputType }: HeadPlace, index: GraphIndex): boolean {
  return (index.typeOf(input)?.elemType || inputType) === DataType.FLOAT;
}

function rowsOf(name: string, features: number): ValueInfoProto {
  return create(ValueInfoProtoSchema, {
    name,
    type: {
      value: {
        case: "tensorType",
        value: {
          elemType: DataType.FLOAT,
          shape: {
            dim: [
              { value: { case: "dimParam", value: "rows" } },
              { value: { case: "dimValue", value: BigInt(features) } },
            ],
          },
        },
      },
    },
  });
}
