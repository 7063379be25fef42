import { setTimeout as sleep } from "node:timers/promises";
import { backend } from "fixed-classifier";
import type { Execution } from "../execution/execution.js";
import { grpcServer } from "../grpc/index.js";
import type { Inference } from "../inference/request.js";
import type { Services } from "../inference/services.js";
import { listenRest } from "../rest/listen.js";
import { DEFAULTS } from "../rest/options.js";
import { exposureOf, readKeys, readTls, type Security } from "../security/index.js";
import { ServerGate } from "./gate.js";
import { createInference } from "./inference.js";
import type { Logger } from "./log.js";
import { ServerMetrics } from "./metrics.js";
import { observed } from "./observed.js";
import { loggedModels } from "./repository-log.js";
import type { ServerSettings } from "./settings.js";

/** A transport that listens. */
interface Listener {
  readonly protocol: string;
  readonly port: number;
  /** Answers what has begun; what has not ended after so many milliseconds is cut off. */
  close(graceMilliseconds: number): Promise<void>;
}

export interface RunningServer {
  readonly listeners: readonly Listener[];
  /** Where it computes, for who wants to see what becomes of it when a thread dies. */
  readonly execution: Execution;
  /** Ends without losing what was accepted, and says whether nothing had to be cut off. */
  stop(drainSeconds?: number): Promise<boolean>;
}

/** Listens first, so that the server is alive while models load, and is ready when all of them are. */
export async function startServer(settings: ServerSettings, log: Logger): Promise<RunningServer> {
  const { security: files, limits, execution: executing } = settings;
  const tls = files.tls && readTls(files.tls);
  const keys = readKeys(files.keys, process.env);
  const security: Security = { ...(tls && { tls }), ...(keys && { keys }) };

  const metrics = new ServerMetrics((model, version) => models.answering(model, version));
  const { inference, models, execution } = createInference(settings.models, {
    execution: executing,
    recorder: metrics,
    answerBytes: limits.answerBytes,
  });
  const gate = new ServerGate(limits, (error, model, version) => {
    metrics.failed(error, model, version);
    if (error.failure === "internal") log.error({ err: error.cause ?? error, model }, error.message);
  });
  metrics.watch({
    requestsInFlight: () => gate.requests,
    bytesInFlight: () => gate.bytes,
    eventLoopLagSeconds: () => gate.lagMilliseconds / 1000,
    queued: () => execution.pool?.queued ?? 0,
    ready: () => Number(inference.isReady),
  });

  const watched = observed(inference, {
    ...(settings.log.access && { access: log }),
    isTracing: settings.tracing,
  });
  const services = { gate, repository: loggedModels(models, log), metrics };
  const listeners: Listener[] = [];
  const end = async (graceMilliseconds: number) => {
    await Promise.all(listeners.map((listener) => listener.close(graceMilliseconds)));
    await execution.close();
    gate.close();
  };
  try {
    await listen(watched, settings, services, security, listeners);
    for (const { protocol, port } of listeners)
      log.info({ host: settings.host, port }, `listening: ${protocol}`);
    const exposure = exposureOf(settings.host, security);
    if (exposure !== undefined) log.warn(exposure);
    await models.loadAll();
  } catch (error) {
    await end(0);
    throw error;
  }
  const { name: engine, instructionSet } = backend;
  const names = models.index().map(({ name, version }) => `${name}/${version}`);
  log.info({ models: names, engine, instructionSet }, "ready");

  let stopped: Promise<boolean> | undefined;
  const stop = async (drainSeconds: number) => {
    inference.stop();
    gate.isDraining = true;
    log.info({ drainSeconds }, "draining: not ready, but answering");
    await sleep(drainSeconds * 1000);
    const graceMilliseconds = settings.shutdown.finishSeconds * 1000;
    let left = 0;
    // Timers of one length fire in their order: this one before those that cut off.
    const timer = setTimeout(() => {
      left = gate.requests;
    }, graceMilliseconds);
    await end(graceMilliseconds);
    clearTimeout(timer);
    if (left === 0) log.info("stopped");
    else log.error({ requests: left }, "stopped: requests that had not ended in time were cut off");
    return left === 0;
  };
  return {
    listeners,
    execution,
    stop: (drainSeconds = settings.shutdown.drainSeconds) => {
      stopped ??= stop(drainSeconds);
      return stopped;
    },
  };
}

async function listen(
  inference: Inference,
  { host, rest, grpc, limits }: ServerSettings,
  services: Services,
  security: Security,
  listeners: Listener[],
): Promise<void> {
  const requestTimeout = limits.requestSeconds * 1000;
  const stallTimeout = limits.stallSeconds * 1000;
  const listener = await listenRest(inference, {
    ...services,
    ...{ host, port: rest.port, bodyLimit: limits.requestBytes, security, requestTimeout, stallTimeout },
    // Headers are a part of the request.
    headersTimeout: Math.min(DEFAULTS.headersTimeout, requestTimeout),
    keepAliveTimeout: rest.keepAliveSeconds * 1000,
  });
  listeners.push({ protocol: "REST", ...listener });
  if (grpc.isEnabled) {
    const { gate } = services;
    const server = await grpcServer(inference, {
      ...{ host, port: grpc.port, maxMessage: grpc.maxMessageBytes ?? limits.requestBytes, security },
      ...{ requestTimeout, stallTimeout, maxStreams: grpc.callsPerConnection },
      ...(gate && { gate }),
    });
    listeners.push({ protocol: "gRPC", port: server.port, close: (grace) => server.close(grace) });
  }
}
