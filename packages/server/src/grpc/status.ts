import { Metadata, type StatusObject, type status } from "@grpc/grpc-js";
import { FAILURES, InferenceError } from "../inference/errors.js";

/** Longer ones would not fit into the headers that clients accept. */
const LONGEST = 1000;

/** What a client is told of a failure; the inside of this server is not its business. */
export function statusOf(
  error: InferenceError,
): Pick<StatusObject, "code" | "details"> & Partial<StatusObject> {
  const code = FAILURES[error.failure].grpc as status;
  // A cut may fall within a character, and grpc-js throws at half of one; through bytes it becomes a replacement character.
  const details = Buffer.from(error.message.slice(0, LONGEST)).toString();
  if (error.retryAfter === undefined) return { code, details };
  const metadata = new Metadata();
  metadata.set("grpc-retry-pushback-ms", String(Math.ceil(error.retryAfter * 1000)));
  return { code, details, metadata };
}

/** What was thrown, as an InferenceError. */
export function failureOf(error: unknown): InferenceError {
  if (error instanceof InferenceError) return error;
  return new InferenceError("internal", "the server failed; its log tells more", { cause: error });
}
