/** Every way in which a request can fail: its status over HTTP and over gRPC. */
export const FAILURES = {
  invalid: { http: 400, grpc: 3 },
  unauthenticated: { http: 401, grpc: 16 },
  "not-found": { http: 404, grpc: 5 },
  "method-not-allowed": { http: 405, grpc: 12 },
  "too-large": { http: 413, grpc: 8 },
  "unsupported-media-type": { http: 415, grpc: 3 },
  unavailable: { http: 503, grpc: 14 },
  exhausted: { http: 503, grpc: 8 },
  internal: { http: 500, grpc: 13 },
} as const;

export type Failure = keyof typeof FAILURES;

/** What a client is told: the message says what was given, what was expected and what to do. */
export class InferenceError extends Error {
  override readonly name = "InferenceError";
  /** After how many seconds it is worth trying again, where the failure is one of the moment. */
  readonly retryAfter: number | undefined;

  constructor(
    readonly failure: Failure,
    message: string,
    options?: ErrorOptions & { retryAfter?: number },
  ) {
    super(message, options);
    this.retryAfter = options?.retryAfter;
  }
}
