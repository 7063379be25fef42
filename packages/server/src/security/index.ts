import type { ApiKeys } from "./keys.js";
import type { Tls } from "./tls.js";

export { ApiKeys, KEYS_VARIABLE, readKeys } from "./keys.js";
export { httpsOptions, readTls, type Tls, type TlsFiles } from "./tls.js";

/** Who may come, and whether others can listen in: the same over REST and gRPC. */
export interface Security {
  readonly keys?: ApiKeys;
  readonly tls?: Tls;
}

/** What is worth a word to who listens beyond this machine; undefined where nothing is. */
export function exposureOf(host: string, { keys, tls }: Security): string | undefined {
  if (isLoopback(host)) return undefined;
  if (keys === undefined && tls?.clientCa === undefined) {
    return `${host} can be reached from other machines, and any of them may ask: set API keys, or a client CA, unless the network keeps others out`;
  }
  if (tls === undefined)
    return `${host} can be reached from other machines, and API keys go there unencrypted: set TLS`;
  return undefined;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
