import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyError } from "fastify";
import { FAILURES, InferenceError } from "../inference/errors.js";

/** What a client is sent where its request failed: any status but 200 comes with `{"error": …}`. */
export interface FailureResponse {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** No message is longer, whatever the client had put into it. */
const LONGEST = 1000;

export function failureResponse(error: InferenceError): FailureResponse {
  const status = FAILURES[error.failure].http;
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (status === 503) headers["retry-after"] = String(Math.ceil(error.retryAfter ?? 1));
  if (status === 401) headers["www-authenticate"] = "Bearer";
  return { status, body: bodyOf(error.message), headers };
}

/** What Fastify cannot read as a content type never gets to where it would be named. */
const NO_TYPE =
  "the Content-Type is not one content type; send application/json, application/octet-stream, or none";

/** Any error as one that a client may see: Fastify's own of bad requests by their status, all that is unforeseen without a word of it. */
export function inferenceErrorOf(error: unknown): InferenceError {
  if (error instanceof InferenceError) return error;
  const { statusCode, message } = error as FastifyError;
  if (statusCode === 413) return new InferenceError("too-large", message);
  if (statusCode === 415) return new InferenceError("unsupported-media-type", NO_TYPE);
  if (statusCode === 404) return new InferenceError("not-found", message);
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new InferenceError("invalid", message);
  }
  return new InferenceError("internal", "the server failed to answer; its log says why", { cause: error });
}

/** What node:http could not read as a request: an answer if that is still possible, and the end of the connection. */
export function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  // Whether an answer has begun, after which another would be read as a part of it; node:http looks there itself.
  const { _httpMessage: current } = socket as Socket & { _httpMessage?: ServerResponse | null };
  if (socket.writable && !current?.headersSent) {
    const [status, message] = problemOf(error.code);
    const body = bodyOf(message);
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  }
  socket.destroySoon();
}

function problemOf(code: string | undefined): [number, string] {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return [431, "the headers of the request are too large"];
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return [413, "the extensions of the chunks are too large"];
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return [408, "the request did not come in time"];
    default:
      return [400, "this is no HTTP request"];
  }
}

/** For a response of which nothing is written yet. */
export function writeFailure(response: ServerResponse, error: InferenceError, isLast: boolean): void {
  const { status, body, headers } = failureResponse(error);
  const length = String(Buffer.byteLength(body));
  const connection = isLast ? { connection: "close" } : {};
  response.writeHead(status, { ...headers, "content-length": length, ...connection });
  response.end(body);
}

function bodyOf(message: string): string {
  const shown = message.length > LONGEST ? `${message.slice(0, LONGEST)}…` : message;
  return JSON.stringify({ error: shown });
}
