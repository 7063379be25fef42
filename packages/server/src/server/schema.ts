/** The schema of the configuration's file: what each key means and what it is without one. */

const port = { type: "integer", minimum: 0, maximum: 65535 };
const bytes = { type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER };

/** Beyond a day a timer is none. */
const seconds = { type: "number", minimum: 1, maximum: 86_400 };

const section = (properties: object) => ({
  type: "object",
  additionalProperties: false,
  properties,
  default: {},
});

export const SCHEMA = {
  type: "object",
  additionalProperties: false,
  properties: {
    models: {
      type: "array",
      default: [],
      items: {
        type: "object",
        additionalProperties: false,
        required: ["path"],
        properties: { name: { type: "string" }, path: { type: "string", minLength: 1 } },
      },
    },
    host: { type: "string", minLength: 1, default: "127.0.0.1" },
    rest: section({
      port: { ...port, default: 8080 },
      // Longer than the 60 s of most load balancers, so that it is always they who close a connection that nobody uses.
      keepAliveSeconds: { type: "number", minimum: 1, default: 75 },
    }),
    grpc: section({
      isEnabled: { type: "boolean", default: true },
      port: { ...port, default: 8081 },
      // Absent: limits.requestBytes. Clients have a limit of their own for answers, 4 MiB unless they are told: 1,048 rows of 1,000 classes.
      maxMessageBytes: bytes,
      // Further ones wait with the client.
      callsPerConnection: { type: "integer", minimum: 1, maximum: 2 ** 31 - 1, default: 256 },
    }),
    security: section({
      // A file of API keys, one a line; the environment's FIXED_CLASSIFIER_API_KEYS otherwise.
      keys: { type: "string", minLength: 1 },
      tls: {
        type: "object",
        additionalProperties: false,
        required: ["certificate", "key"],
        properties: {
          certificate: { type: "string", minLength: 1 },
          key: { type: "string", minLength: 1 },
          clientCa: { type: "string", minLength: 1 },
        },
      },
    }),
    execution: section({
      // Absent: one thread fewer than there are cores, and at least one.
      workers: { type: "integer", minimum: 0, maximum: 1024 },
      inlineMilliseconds: { type: "number", minimum: 0, default: 1 },
      queueLimit: { type: "integer", minimum: 1, default: 256 },
    }),
    batching: section({
      maxRows: { type: "integer", minimum: 1, default: 1 },
      maxDelayMilliseconds: { type: "number", minimum: 0, maximum: 60_000, default: 2 },
    }),
    limits: section({
      // A request's body, after decompression.
      requestBytes: { ...bytes, default: 64 * 2 ** 20 },
      // The numbers of one answer, before it is written as JSON.
      answerBytes: { ...bytes, default: 256 * 2 ** 20 },
      // Those of all requests that are being answered.
      bytesInFlight: { ...bytes, default: 512 * 2 ** 20 },
      // By when a request must have come whole, and for how long a client may neither send nor take anything in its midst.
      requestSeconds: { ...seconds, default: 60 },
      stallSeconds: { ...seconds, default: 120 },
      requestsInFlight: { type: "integer", minimum: 1, default: 10_000 },
      eventLoopLagMilliseconds: { type: "number", minimum: 1, default: 500 },
    }),
    shutdown: section({
      // How long a load balancer may take to see that the server is not ready.
      drainSeconds: { type: "number", minimum: 0, default: 5 },
      // After that, how long requests may take to finish.
      finishSeconds: { type: "number", minimum: 0, default: 25 },
    }),
    log: section({
      level: {
        enum: ["fatal", "error", "warn", "info", "debug", "trace", "silent"],
        default: "info",
      },
      // A line a request: at tens of thousands a second it is felt.
      access: { type: "boolean", default: false },
    }),
    // A span a request, where the process was started with an SDK of OpenTelemetry.
    tracing: { type: "boolean", default: false },
  },
} as const;
