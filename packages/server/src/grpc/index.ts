import { logVerbosity, Server, ServerCredentials, setLogVerbosity } from "@grpc/grpc-js";
import { Problem } from "fixed-classifier-models/files";
import type { Inference } from "../inference/request.js";
import type { Gate } from "../inference/services.js";
import type { Security } from "../security/index.js";
import { Calls } from "./calls.js";
import { addHealth } from "./health.js";
import { widenWindows } from "./inside.js";
import { keysInterceptor } from "./keys.js";
import { Patience } from "./patience.js";
import { service } from "./protocol.js";
import { addReflection } from "./reflection.js";
import { Streams } from "./streams.js";
import { watching } from "./watched-call.js";

export interface GrpcOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Bytes of a request; 4 MiB, which is 511 rows of 2048, unless given. Answers are as long as they are. */
  readonly maxMessage?: number;
  /** In milliseconds, by when a request must have come whole; a minute unless given. */
  readonly requestTimeout?: number;
  /** In milliseconds, for how long an answer may stand still because its client takes nothing; two minutes unless given. */
  readonly stallTimeout?: number;
  /** Calls of one connection that are under way at once; others wait with the client. */
  readonly maxStreams?: number;
  readonly security?: Security;
  readonly gate?: Gate;
}

export interface GrpcServer {
  readonly port: number;
  /** Refuses what is new, answers what has begun, and cuts off what has not ended after so many milliseconds. */
  close(graceMs?: number): Promise<void>;
}

export const DEFAULT_MAX_MESSAGE = 4 * 2 ** 20;

/** As REST has it. */
const REQUEST_TIMEOUT_MS = 60_000;
const STALL_TIMEOUT_MS = 120_000;

/** A peer that has gone without a word is noticed after the two together. */
const KEEPALIVE_MS = 60_000;
const KEEPALIVE_TIMEOUT_MS = 20_000;

/** The Open Inference Protocol over gRPC, with the standard services of health and reflection. */
export async function grpcServer(inference: Inference, options: GrpcOptions): Promise<GrpcServer> {
  const { host, gate, security = {} } = options;
  // What fails is thrown or answered; grpc-js would write it to standard error besides.
  if (process.env.GRPC_VERBOSITY === undefined) setLogVerbosity(logVerbosity.NONE);
  const maxMessage = options.maxMessage ?? DEFAULT_MAX_MESSAGE;
  const patience = new Patience(
    options.requestTimeout ?? REQUEST_TIMEOUT_MS,
    options.stallTimeout ?? STALL_TIMEOUT_MS,
  );
  const interceptors = [watching({ gate, patience, maxMessage })];
  if (security.keys) interceptors.push(keysInterceptor(security.keys, (error) => gate?.failed(error, "")));
  const server = new Server({
    "grpc.max_receive_message_length": maxMessage,
    "grpc.max_send_message_length": -1,
    "grpc.max_concurrent_streams": options.maxStreams ?? 256,
    "grpc.keepalive_time_ms": KEEPALIVE_MS,
    "grpc.keepalive_timeout_ms": KEEPALIVE_TIMEOUT_MS,
    // Statistics of every call that nobody can ask for, as the service for them is not offered.
    "grpc.enable_channelz": 0,
    interceptors,
  });
  widenWindows(server);
  const streams = new Streams();
  server.addService(service, new Calls(inference, gate).handlers);
  const endHealth = addHealth(server, inference, streams);
  addReflection(server, streams);

  const address = (port: number) => `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const end = () => {
    endHealth();
    patience.end();
  };
  const port = await listen(server, address(options.port), security).catch((error: unknown) => {
    end();
    throw error;
  });
  let closed: Promise<void> | undefined;
  const close = (graceMs: number) =>
    new Promise<void>((resolve, reject) => {
      end();
      streams.endAll();
      server.drain(address(port), graceMs);
      server.tryShutdown((error) => (error ? reject(error) : resolve()));
    });
  return {
    port,
    close: (graceMs = 10_000) => {
      closed ??= close(graceMs);
      return closed;
    },
  };
}

function listen(server: Server, address: string, { tls }: Security): Promise<number> {
  const credentials = tls
    ? ServerCredentials.createSsl(
        tls.clientCa ?? null,
        [{ private_key: tls.key, cert_chain: tls.certificate }],
        tls.clientCa !== undefined,
      )
    : ServerCredentials.createInsecure();
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, port) => {
      if (error === null) resolve(port);
      else reject(new Problem(`gRPC cannot listen on ${address}: ${reasonOf(error)}`, { cause: error }));
    });
  });
}

function reasonOf({ message }: Error): string {
  if (message.includes("EADDRINUSE")) return "the port is taken; choose another, or end what listens there";
  if (message.includes("EACCES")) return "the port is for the system; choose one from 1024";
  if (message.includes("EADDRNOTAVAIL")) return "this machine has no such address";
  return message;
}
