import { type AddressInfo, Server as NetServer, type Socket } from "node:net";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { Problem } from "fixed-classifier-models/files";
import type { Inference } from "../inference/request.js";
import { type RestOptions, restServer } from "./index.js";

/** How long a connection that is there may take to bring the request that its client had sent already. */
const ARRIVAL = 200;

export interface RestListener {
  readonly port: number;
  /** Answers what has begun; what has not ended after so many milliseconds is cut off. */
  close(graceMilliseconds: number): Promise<void>;
}

/** The server of `restServer`, listening; port 0 is any that is free. */
export async function listenRest(
  inference: Inference,
  { host, port, ...options }: RestOptions & { readonly host: string; readonly port: number },
): Promise<RestListener> {
  const app = await restServer(inference, options);
  const sockets = new Set<Socket>();
  app.server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw new Problem(`REST cannot listen on ${host}:${port}: ${reasonOf(error as NodeJS.ErrnoException)}`, {
      cause: error,
    });
  }
  return {
    port: (app.server.address() as AddressInfo).port,
    close: (graceMilliseconds) => close(app, sockets, graceMilliseconds),
  };
}

async function close(app: FastifyInstance, sockets: Set<Socket>, graceMilliseconds: number): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), graceMilliseconds);
  // The system resets connections that it has taken and we have not: right after they were looked for, there are hardly any.
  await turn();
  // Not that of http.Server, which closes connections whose next request is on its way.
  NetServer.prototype.close.call(app.server);
  await sleep(Math.min(ARRIVAL, graceMilliseconds));
  // To Node.js a connection that has never brought a byte is busy.
  for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  await app.close();
  clearTimeout(timer);
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === "EADDRINUSE") return "the port is taken; choose another, or end what listens there";
  if (code === "EACCES") return "the port is for the system; choose one from 1024";
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") return "this machine has no such address";
  return message;
}
