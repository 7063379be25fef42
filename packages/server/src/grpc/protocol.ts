import { fileURLToPath } from "node:url";
import type { MethodDefinition, ServiceDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

/** The file that clients are generated from; it is in the package. */
export const PROTO = fileURLToPath(new URL("../../proto/open_inference.proto", import.meta.url));

export const SERVICE = "inference.GRPCInferenceService";
export const INFER = `/${SERVICE}/ModelInfer`;

const protocol = loadSync(PROTO, {
  keepCase: true,
  longs: Number,
  defaults: true,
  arrays: true,
  objects: true,
  oneofs: true,
});

export const definitions = protocol[SERVICE] as unknown as Readonly<
  Record<string, MethodDefinition<object, object>>
>;

const asItIs = (bytes: Buffer): Buffer => bytes;

/**
 * The service with messages as bytes: grpc-js calls what it cannot decode INTERNAL, a fault of the server, but a message that is none is
 * the client's.
 */
export const service: ServiceDefinition = Object.fromEntries(
  Object.entries(definitions).map(([name, definition]) => [
    name,
    { ...definition, requestDeserialize: asItIs, responseSerialize: asItIs },
  ]),
);
