import type { AddressInfo } from "node:net";
import type { Inference } from "../inference/request.js";
import { type RestOptions, restServer } from "./index.js";

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
  await app.listen({ host, port });
  return {
    port: (app.server.address() as AddressInfo).port,
    close: async (graceMilliseconds) => {
      const timer = setTimeout(() => app.server.closeAllConnections(), graceMilliseconds);
      await app.close();
      clearTimeout(timer);
    },
  };
}
