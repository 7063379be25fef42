import type { Http2Server, ServerHttp2Session, ServerHttp2Stream, Settings } from "node:http2";
import { type Server, status } from "@grpc/grpc-js";
import { decompress } from "../inference/decompress.js";
import { InferenceError } from "../inference/errors.js";
import { statusOf } from "./status.js";

/*
 * All that is used here of the inside of grpc-js, which offers no other way to it. Where a version has it no more, things stay as grpc-js
 * has them, and the tests of this package say so.
 */

/** How much of a request may be on its way, and of all requests of a connection. */
const STREAM_WINDOW = 2 ** 20;
const CONNECTION_WINDOW = 2 ** 24;

interface InsideServer {
  commonServerOptions?: { settings?: Settings };
  createHttp2Server?: (credentials: unknown) => Http2Server;
}

interface InsideCall {
  stream?: ServerHttp2Stream;
  incomingEncoding?: string;
  decompressMessage?: (framed: Buffer, encoding: string) => Buffer | Promise<Buffer>;
}

/**
 * Widens the windows of HTTP/2's flow control, which are 64 KiB: a request of 64 rows of 2048 would wait for eight round trips. grpc-js has
 * an option for that, but for clients alone; on one machine this nearly doubled the requests of that size, and more the longer the way.
 */
export function widenWindows(server: Server): void {
  const inside = server as unknown as InsideServer;
  const { commonServerOptions: options, createHttp2Server: create } = inside;
  if (options === undefined || create === undefined) return;
  options.settings = { ...options.settings, initialWindowSize: STREAM_WINDOW };
  inside.createHttp2Server = (credentials) =>
    create
      .call(server, credentials)
      .on("session", (session: ServerHttp2Session) => session.setLocalWindowSize(CONNECTION_WINDOW));
}

/** The stream of HTTP/2 below a call. */
export function streamOf(call: unknown): ServerHttp2Stream | undefined {
  return (call as InsideCall).stream;
}

/** Asks for room for what is decompressed as it comes: grpc-js bounds each message, but a thousand at once are as bad as a large one. */
export function countDecompressed(call: unknown, limit: number, take: (bytes: number) => boolean): void {
  const inside = call as InsideCall;
  const { incomingEncoding = "identity", decompressMessage: own } = inside;
  if (incomingEncoding === "identity" || own === undefined) return;
  inside.decompressMessage = async (framed, encoding) => {
    if (encoding !== "gzip" && encoding !== "deflate") return own.call(call, framed, encoding);
    try {
      // Behind a byte and the length.
      return await decompress(encoding, framed.subarray(5), limit, (bytes) => {
        // Whoever had no room for it has answered by then.
        if (!take(bytes)) throw new InferenceError("exhausted", "there is no room");
      });
    } catch (error) {
      const failure = error as InferenceError;
      // What cannot be decompressed is INTERNAL to gRPC.
      throw failure.failure === "invalid"
        ? { code: status.INTERNAL, details: failure.message }
        : statusOf(failure);
    }
  };
}
