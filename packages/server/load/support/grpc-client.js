import http2 from "node:http2";
import { fileURLToPath } from "node:url";
import protobuf from "protobufjs";

const PROTO = fileURLToPath(new URL("../../proto/open_inference.proto", import.meta.url));
const root = new protobuf.Root().loadSync(PROTO, { keepCase: true });

export const Request = root.lookupType("inference.ModelInferRequest");
export const Response = root.lookupType("inference.ModelInferResponse");

export const HEADERS = {
  ":method": "POST",
  ":path": "/inference.GRPCInferenceService/ModelInfer",
  "content-type": "application/grpc",
  te: "trailers",
};

/** A message as gRPC sends it: whether it is compressed, its length, itself. */
export function framed(message) {
  const frame = Buffer.allocUnsafe(message.length + 5);
  frame[0] = 0;
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, 5);
  return frame;
}

/** A raw request of float32 rows to the model "head". */
export function rawRequest(rows, features) {
  const message = Request.fromObject({
    model_name: "head",
    inputs: [{ name: "features", datatype: "FP32", shape: [rows.length / features, features] }],
    outputs: [{ name: "logits" }],
    raw_input_contents: [Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength)],
  });
  return framed(Request.encode(message).finish());
}

/** One connection of the least a gRPC client can be, so that what is measured is the server: the library's own costs twice as much. */
export class Connection {
  #session;

  constructor(port) {
    this.#session = http2.connect(`http://127.0.0.1:${port}`, { settings: { initialWindowSize: 1 << 20 } });
    this.#session.on("error", () => {});
    this.#session.once("connect", () => this.#session.setLocalWindowSize(1 << 24));
  }

  close() {
    this.#session.close();
  }

  get isOpen() {
    return !this.#session.closed && !this.#session.destroyed;
  }

  /** Sends a framed message; `done` has the status and the pieces of the answer. */
  infer(frame, done, headers = HEADERS) {
    const stream = this.#session.request(headers);
    const pieces = [];
    let status = "none";
    const read = (headers) => {
      status = headers["grpc-status"] ?? status;
    };
    stream.on("response", read);
    stream.on("trailers", read);
    stream.on("data", (piece) => pieces.push(piece));
    stream.on("error", () => {});
    stream.on("close", () => done(status, pieces));
    stream.end(frame);
  }
}
