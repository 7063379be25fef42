import type { Server } from "@grpc/grpc-js";
import { HealthImplementation } from "grpc-health-check";
import type { Inference } from "../inference/request.js";
import { SERVICE } from "./protocol.js";
import type { Streams } from "./streams.js";

/** Names under which readiness is asked for; the empty one is the server as a whole, which probes ask for. */
const READINESS = ["", SERVICE];

/** Its status is always that it serves: for probes of whether to start the process anew, which loading models is no reason for. */
const LIVENESS = "liveness";

/** How long a change may go unnoticed: well below the second between two probes of Kubernetes. */
const EVERY_MS = 100;

/** The standard health service, in step with the models; the function that is returned ends it. */
export function addHealth(server: Server, inference: Inference, streams: Streams): () => void {
  const health = new HealthImplementation({ [LIVENESS]: "SERVING" });
  let said: boolean | undefined;
  const say = (isReady: boolean) => {
    if (isReady === said) return;
    said = isReady;
    for (const name of READINESS) health.setStatus(name, isReady ? "SERVING" : "NOT_SERVING");
  };
  say(inference.isReady);
  const timer = setInterval(() => say(inference.isReady), EVERY_MS);
  timer.unref();
  health.addToServer(streams.adderTo(server, ["watch"]));
  return () => {
    clearInterval(timer);
    say(false);
  };
}
