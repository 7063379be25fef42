import protobuf from "protobufjs";
import { bytesOf } from "./models.js";

export interface Network {
  readonly rows?: number;
  readonly inputs: number;
  readonly features: number;
  readonly output?: string;
  /** 1 is float32, 10 float16, 6 int32. */
  readonly type?: number;
  readonly weights: Float32Array;
}

/** An ONNX file of one matrix product, features = x · W, and with a second input of the same shape, features = (x + y) · W. */
export function networkOf(
  { rows, inputs, features, output = "features", type = 1, weights }: Network,
  isDouble = false,
): Uint8Array {
  const message = (write: (writer: protobuf.Writer) => void) => {
    const writer = protobuf.Writer.create();
    write(writer);
    return writer.finish();
  };
  const node = (operator: string, from: string[], to: string) =>
    message((w) => {
      for (const name of from) w.uint32(10).string(name);
      w.uint32(18).string(to).uint32(34).string(operator);
    });
  const value = (name: string, width: number) => {
    const first = message((w) =>
      rows === undefined ? w.uint32(18).string("rows") : w.uint32(8).int64(rows),
    );
    const second = message((w) => w.uint32(8).int64(width));
    const shape = message((w) => w.uint32(10).bytes(first).uint32(10).bytes(second));
    const tensor = message((w) => w.uint32(8).int32(type).uint32(18).bytes(shape));
    return message((w) =>
      w
        .uint32(10)
        .string(name)
        .uint32(18)
        .bytes(message((v) => v.uint32(10).bytes(tensor))),
    );
  };
  const initializer = message((w) => {
    w.uint32(8).int64(inputs).uint32(8).int64(features).uint32(16).int32(type);
    w.uint32(66).string("W").uint32(74).bytes(bytesOf(weights));
  });
  const graph = message((w) => {
    if (isDouble) w.uint32(10).bytes(node("Add", ["x", "y"], "sum"));
    w.uint32(10).bytes(node("MatMul", [isDouble ? "sum" : "x", "W"], output));
    w.uint32(18).string("network").uint32(42).bytes(initializer);
    for (const name of isDouble ? ["x", "y"] : ["x"]) w.uint32(90).bytes(value(name, inputs));
    w.uint32(98).bytes(value(output, features));
  });
  return message((w) => {
    const opset = message((o) => o.uint32(16).int64(17));
    w.uint32(8).int64(8).uint32(58).bytes(graph).uint32(66).bytes(opset);
  });
}
