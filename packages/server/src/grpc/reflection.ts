import type { Server } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { ReflectionService } from "@grpc/reflection";
import { protoPath as HEALTH } from "grpc-health-check";
import { PROTO } from "./protocol.js";
import type { Streams } from "./streams.js";

/** Server reflection: grpcurl and the like need no .proto then. */
export function addReflection(server: Server, streams: Streams): void {
  const described = loadSync([PROTO, HEALTH], { keepCase: true });
  new ReflectionService(described).addToServer(streams.adderTo(server, ["ServerReflectionInfo"]));
}
