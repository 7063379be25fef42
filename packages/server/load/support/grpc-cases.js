import { deflateSync, gzipSync } from "node:zlib";
import { framed, Request } from "./grpc-client.js";
import { mutated, noise } from "./mutate.js";

const FEATURES = 16;
const SERVICE = "/inference.GRPCInferenceService/";
const METHODS = ["ServerLive", "ServerReady", "ServerMetadata", "ModelReady", "ModelMetadata"];

const rows = Float32Array.from({ length: 2 * FEATURES }, (_, i) => Math.sin(i));
const bytes = (numbers) => Buffer.from(numbers.buffer);
const input = (datatype, more = {}) => ({ name: "features", datatype, shape: [2, FEATURES], ...more });

/** Requests that are right, of every kind. */
const REQUESTS = [
  { inputs: [input("FP32")], raw_input_contents: [bytes(rows)] },
  { inputs: [input("FP64")], raw_input_contents: [bytes(Float64Array.from(rows))] },
  { inputs: [input("FP16")], raw_input_contents: [Buffer.alloc(4 * FEATURES, 0x3c)] },
  { inputs: [input("INT8")], raw_input_contents: [Buffer.alloc(2 * FEATURES, 3)] },
  { inputs: [input("FP32", { contents: { fp32_contents: [...rows] } })], id: "typed" },
  { inputs: [input("FP64", { contents: { fp64_contents: [...rows] } })] },
  { inputs: [input("INT8", { contents: { int_contents: Array(2 * FEATURES).fill(-5) } })] },
  {
    inputs: [input("FP32", { parameters: { a: { int64_param: 1 }, b: { double_param: 0.5 } } })],
    outputs: [
      { name: "logits", parameters: { classification: { int64_param: 3 } } },
      { name: "probabilities" },
    ],
    parameters: {
      __proto__: null,
      timeout: { uint64_param: 7 },
      x: { string_param: "y" },
      z: { bool_param: true },
    },
    raw_input_contents: [bytes(rows)],
  },
].map((request) => Request.encode(Request.fromObject({ model_name: "head", ...request })).finish());

const TIMEOUTS = ["1n", "5m", "1S", "99999999H", "0S", "", "x", "-1S", "1", "999999999S", "1.5S"];
const ENCODINGS = ["gzip", "deflate", "identity", "br", "", "gzip,gzip", "x".repeat(200)];

/** One call that is mostly wrong: its headers, what is sent, and whether what is wrong is below the message, where gRPC has statuses of its own for broken compression and timeouts. */
export function caseOf(random) {
  const headers = { ":path": `${SERVICE}ModelInfer` };
  let message = random.of(REQUESTS);
  if (random.is(0.9)) message = mutated(message, random);
  if (random.is(0.02)) message = noise(random, 2000);
  if (random.is(0.1)) headers[":path"] = SERVICE + random.of(METHODS);
  if (random.is(0.01))
    headers[":path"] = random.of(["/", SERVICE, `${SERVICE}X`, "/%00", `/${"x".repeat(3000)}`]);
  let isTransport = false;
  if (random.is(0.02)) {
    headers["content-type"] = random.of(["application/json", "application/grpc+json", "grpc"]);
    isTransport = true;
  }
  if (random.is(0.03)) {
    headers["grpc-timeout"] = random.of(TIMEOUTS);
    isTransport = true;
  }
  let frame = framed(message);
  if (random.is(0.1)) {
    headers["grpc-encoding"] = random.of(ENCODINGS);
    const packed = random.is(0.5) ? gzipSync(message) : deflateSync(message);
    frame = framed(random.is(0.5) ? packed : mutated(packed, random));
    frame[0] = 1;
    isTransport = true;
  }
  if (random.is(0.05)) {
    frame = mutated(frame, random);
    isTransport = true;
  }
  return { headers, frame, isTransport };
}
