import { connect } from "node:net";
import type { FixedClassifier } from "fixed-classifier";
import { type Dispatcher, request } from "undici";
import { afterAll } from "vitest";
import type { Inference } from "../../src/inference/request.js";
import { type RestOptions, restServer } from "../../src/rest/index.js";
import { serving } from "./models.js";

export interface RestClient {
  readonly url: string;
  readonly port: number;
  /** How many there are at the server. */
  connections(): Promise<number>;
  /** By any method, without a body. */
  send(method: string, path: string): Promise<Answer>;
  get(path: string): Promise<Answer>;
  post(path: string, body?: string | Uint8Array | object, headers?: Record<string, string>): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData["headers"];
  readonly body: Buffer;
  readonly text: string;
  /** The JSON of the body, or of its beginning where bytes follow. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it by name
  readonly json: any;
}

/** A server on a port of its own; it closes when the tests are done. */
export async function listening(inference: Inference, options: RestOptions = {}): Promise<RestClient> {
  const app = await restServer(inference, options);
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  afterAll(() => {
    app.server.closeAllConnections();
    return app.close();
  });
  const ask = async (path: string, options: Partial<Dispatcher.RequestOptions>) => {
    const { statusCode, headers, body } = await request(url + path, options as { method: "GET" });
    return answerOf(statusCode, headers, Buffer.from(await body.arrayBuffer()));
  };
  return {
    url,
    port: Number(new URL(url).port),
    connections: () =>
      new Promise((resolve, reject) => {
        app.server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
      }),
    send: (method, path) => ask(path, { method: method as Dispatcher.HttpMethod }),
    get: (path) => ask(path, { method: "GET" }),
    post: (path, body = "", headers = {}) =>
      ask(path, {
        method: "POST",
        headers,
        body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
      }),
  };
}

function answerOf(status: number, headers: Answer["headers"], body: Buffer): Answer {
  const length = headers["inference-header-content-length"];
  return {
    status,
    headers,
    body,
    text: body.toString(),
    get json() {
      return JSON.parse(body.subarray(0, length === undefined ? undefined : Number(length)).toString());
    },
  };
}

/** Heads by name behind REST. */
export async function restOver(heads: Record<string, FixedClassifier>, options: RestOptions = {}) {
  const { inference, models } = await serving(heads);
  return { inference, models, client: await listening(inference, options) };
}

/** A binary request: its JSON, then the bytes. */
export function binaryBody(json: object, ...parts: Uint8Array[]) {
  const head = Buffer.from(JSON.stringify(json));
  return {
    body: Buffer.concat([head, ...parts]),
    headers: { "inference-header-content-length": String(head.length) },
  };
}

/** What a server says to these bytes, until it closes or nothing has come for a while. */
export function spoken(port: number, bytes: string | Uint8Array, patience = 300): Promise<string> {
  return new Promise((resolve) => {
    let heard = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.setTimeout(patience, () => socket.destroy());
    socket.on("data", (chunk) => {
      heard += chunk.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(heard));
  });
}
