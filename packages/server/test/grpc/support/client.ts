import type { ChannelCredentials, Client, ServiceClientConstructor, ServiceError } from "@grpc/grpc-js";
import {
  type CallOptions,
  type ClientOptions,
  credentials,
  loadPackageDefinition,
  Metadata,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { protoPath as HEALTH } from "grpc-health-check";
import { afterAll } from "vitest";
import { type GrpcOptions, grpcServer } from "../../../src/grpc/index.js";
import { PROTO } from "../../../src/grpc/protocol.js";
import type { Inference } from "../../../src/inference/request.js";

export type Message = Record<string, unknown>;

/** The protocol as grpc-js's own client generates it from the .proto, which shares no code with the server's reading and writing. */
const packages = loadPackageDefinition(
  loadSync([PROTO, HEALTH], { keepCase: true, longs: Number, defaults: true, enums: String }),
) as unknown as {
  inference: { GRPCInferenceService: ServiceClientConstructor };
  grpc: { health: { v1: { Health: ServiceClientConstructor } } };
};

export const InferenceClient = packages.inference.GRPCInferenceService;
export const HealthClient = packages.grpc.health.v1.Health;

export type Method =
  | "ServerLive"
  | "ServerReady"
  | "ServerMetadata"
  | "ModelReady"
  | "ModelMetadata"
  | "ModelInfer";

/** A client whose calls are promises. */
export function clientOf(
  port: number,
  options: ClientOptions = {},
  channel: ChannelCredentials = credentials.createInsecure(),
) {
  const client = new InferenceClient(`localhost:${port}`, channel, {
    "grpc.max_receive_message_length": -1,
    ...options,
  });
  afterAll(() => client.close());
  return {
    client,
    call: (
      method: Method,
      request: Message = {},
      headers: Record<string, string> = {},
      more: CallOptions = {},
    ) => unary(client, method, request, headers, more),
  };
}

export function unary(
  client: Client,
  method: string,
  request: Message,
  headers: Record<string, string> = {},
  options: CallOptions = {},
): Promise<Message> {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return new Promise((resolve, reject) => {
    (client as unknown as Record<string, Unary>)[method](
      request,
      metadata,
      options,
      (error: ServiceError | null, response: Message) => (error ? reject(error) : resolve(response)),
    );
  });
}

type Unary = (
  request: Message,
  metadata: Metadata,
  options: CallOptions,
  answer: (error: ServiceError | null, response: Message) => void,
) => unknown;

/** A server that goes when the tests are done. */
export async function started(inference: Inference, options: Partial<GrpcOptions> = {}) {
  const server = await grpcServer(inference, { host: "localhost", port: 0, ...options });
  afterAll(() => server.close(100));
  return server;
}

/** A request of raw rows to the model "digits". */
export function rawRequest(rows: Float32Array, features: number, more: Message = {}): Message {
  return {
    model_name: "digits",
    inputs: [{ name: "features", datatype: "FP32", shape: [rows.length / features, features] }],
    raw_input_contents: [Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength)],
    ...more,
  };
}

/** The float32 of raw contents. */
export function floatsOf(raw: unknown): Float32Array {
  return new Float32Array(new Uint8Array(raw as Buffer).buffer);
}
