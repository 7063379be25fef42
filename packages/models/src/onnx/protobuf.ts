import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { lengthOf, readFully, withFile } from "../files.js";
import { Problem } from "../problem.js";
import type { ModelProto, TensorProto } from "./onnx_pb.js";
import { GraphProtoSchema, ModelProtoSchema, TensorProtoSchema } from "./onnx_pb.js";
import { checkWire, WireFault } from "./wire.js";

/** No protobuf of any language goes beyond. */
const LARGEST = 2 ** 31 - 1;

const MODEL_GRAPH = 7;
const GRAPH_INITIALIZER = 5;
const TENSOR_RAW_DATA = 9;

/** Reads the protobuf of a model; its tensors' raw_data are views of the one buffer that holds the file. */
export function readModel(path: string): ModelProto {
  const bytes = withFile(path, (file) => {
    const length = lengthOf(path, file);
    if (length <= LARGEST) return readFully(path, file, 0, length);
    throw new Problem(
      `${path} has ${length} bytes, but a protobuf ends at 2 GB; save the model with its weights as external data ` +
        "(onnx.save_model with save_as_external_data=True)",
    );
  });
  return parseModel(bytes, path);
}

export function parseModel(bytes: Uint8Array, path: string): ModelProto {
  const model = parseMessage(ModelProtoSchema, bytes, path);
  if (model.graph === undefined) {
    throw new Problem(
      `${path} is no ONNX model: it has no graph; give the .onnx file that an exporter wrote, not its weights or archive`,
    );
  }
  return model;
}

function parseMessage<Schema extends DescMessage>(
  schema: Schema,
  bytes: Uint8Array,
  path: string,
): MessageShape<Schema> {
  try {
    checkWire(bytes, schema);
    return fromBinary(schema, bytes);
  } catch (error) {
    const reason = error instanceof WireFault || error instanceof Error ? error.message : String(error);
    throw new Problem(`${path} is no ONNX model, or is damaged: ${reason}; export or copy it again`, {
      cause: error,
    });
  }
}

/**
 * The bytes of a model, piece by piece, with everything that was read and not understood. Weights are not copied: a model of 2 GB is
 * written with little more memory than it was read with.
 */
export function modelPieces(model: ModelProto): Uint8Array[] {
  const { graph } = model;
  if (graph === undefined) return [toBinary(ModelProtoSchema, model)];
  const graphPieces = [
    toBinary(GraphProtoSchema, { ...graph, initializer: [] }),
    ...graph.initializer.flatMap((tensor) => delimited(GRAPH_INITIALIZER, tensorPieces(tensor))),
  ];
  const { graph: _, ...rest } = model;
  const pieces = [toBinary(ModelProtoSchema, rest as ModelProto), ...delimited(MODEL_GRAPH, graphPieces)];
  const length = sumOf(pieces);
  if (length > LARGEST)
    throw new Problem(
      `the model would have ${length} bytes, and a protobuf ends at 2 GB; keep its weights as external data`,
    );
  return pieces;
}

function tensorPieces(tensor: TensorProto): Uint8Array[] {
  if (!Object.hasOwn(tensor, "rawData")) return [toBinary(TensorProtoSchema, tensor)];
  const { rawData, ...rest } = tensor;
  return [toBinary(TensorProtoSchema, rest as TensorProto), ...delimited(TENSOR_RAW_DATA, [rawData])];
}

function delimited(field: number, pieces: readonly Uint8Array[]): Uint8Array[] {
  return [new BinaryWriter().tag(field, 2).uint32(sumOf(pieces)).finish(), ...pieces];
}

function sumOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}
