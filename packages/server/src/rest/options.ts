import type { SecureContextOptions } from "node:tls";
import type { FastifyInstance } from "fastify";
import type { Services } from "../inference/services.js";

export interface RestOptions extends Services {
  /** The largest body in bytes, before and after decompression. */
  readonly bodyLimit?: number;
  /** For how long a connection is kept open without a request, in milliseconds: longer than a load balancer does, or it meets closed ones. */
  readonly keepAliveTimeout?: number;
  /** By when the headers of a request must have come, and all of it, in milliseconds from its first byte. */
  readonly headersTimeout?: number;
  readonly requestTimeout?: number;
  readonly tls?: SecureContextOptions;
  /** Hooks of others, as of API keys or an access log: called before there is any route. */
  readonly extend?: (app: FastifyInstance) => void | Promise<void>;
  /** Told of errors that are ours. */
  readonly onInternalError?: (error: unknown) => void;
}

export const DEFAULTS = {
  bodyLimit: 64 * 2 ** 20,
  keepAliveTimeout: 75_000,
  headersTimeout: 20_000,
  requestTimeout: 60_000,
} as const;

/** How often connections are looked over for requests that take too long. */
export const TIMEOUT_CHECKS = 2_000;
