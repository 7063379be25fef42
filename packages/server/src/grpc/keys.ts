import { ServerInterceptingCall, type ServerInterceptor } from "@grpc/grpc-js";
import type { InferenceError } from "../inference/errors.js";
import type { ApiKeys } from "../security/keys.js";
import { SERVICE } from "./protocol.js";
import { statusOf } from "./status.js";

/** Calls that probes make, who have no key. */
const OPEN = ["/grpc.health.v1.Health/", `/${SERVICE}/ServerLive`, `/${SERVICE}/ServerReady`];

/** Refuses calls without a key of this server, before their message is read. */
export function keysInterceptor(keys: ApiKeys, refused: (error: InferenceError) => void): ServerInterceptor {
  return ({ path }, call) => {
    if (OPEN.some((open) => path.startsWith(open))) return new ServerInterceptingCall(call);
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, pass) => {
            const error = keys.refuse(
              metadata.get("authorization")[0]?.toString(),
              metadata.get("x-api-key")[0]?.toString(),
            );
            if (error === undefined) {
              pass(metadata);
              return;
            }
            refused(error);
            call.sendStatus(statusOf(error));
          },
        }),
    });
  };
}
