import type { Services } from "../inference/services.js";
import type { Security } from "../security/index.js";

export interface RestOptions extends Services {
  /** The largest body in bytes, before and after decompression. */
  readonly bodyLimit?: number;
  /** For how long a connection is kept open without a request, in milliseconds: longer than a load balancer does, or it meets closed ones. */
  readonly keepAliveTimeout?: number;
  /** By when the headers of a request must have come, in milliseconds. */
  readonly headersTimeout?: number;
  /** By when all of a request must have come. */
  readonly requestTimeout?: number;
  /** For how long a connection may stand still in the midst of a request or an answer. */
  readonly stallTimeout?: number;
  readonly security?: Security;
}

export type Limits = Required<Omit<RestOptions, keyof Services | "security">>;

export const DEFAULTS: Limits = {
  bodyLimit: 64 * 2 ** 20,
  keepAliveTimeout: 75_000,
  headersTimeout: 20_000,
  requestTimeout: 60_000,
  stallTimeout: 120_000,
};

/** How often connections are looked over for requests that take too long. */
export const TIMEOUT_CHECKS = 1_000;
