import type { Http2Server, ServerHttp2Session, Settings } from "node:http2";
import type { Server } from "@grpc/grpc-js";

/** How much of a request may be on its way, and of all requests of a connection. */
const STREAM_WINDOW = 2 ** 20;
const CONNECTION_WINDOW = 2 ** 24;

/** What is used here of the inside of grpc-js's server; where a version has it no more, windows stay as they are. */
interface Inside {
  commonServerOptions?: { settings?: Settings };
  createHttp2Server?: (credentials: unknown) => Http2Server;
}

/**
 * Widens the windows of HTTP/2's flow control, which are 64 KiB: a request of 64 rows of 2048 would wait for eight round trips. grpc-js has
 * an option for that, but for clients alone; on one machine this nearly doubled the requests of that size, and more the longer the way.
 */
export function widenWindows(server: Server): void {
  const inside = server as unknown as Inside;
  const { commonServerOptions: options, createHttp2Server: create } = inside;
  if (options === undefined || create === undefined) return;
  options.settings = { ...options.settings, initialWindowSize: STREAM_WINDOW };
  inside.createHttp2Server = (credentials) =>
    create
      .call(server, credentials)
      .on("session", (session: ServerHttp2Session) => session.setLocalWindowSize(CONNECTION_WINDOW));
}
