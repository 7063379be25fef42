import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createHttpsServer } from "node:https";
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import { InferenceError } from "../inference/errors.js";
import type { Inference } from "../inference/request.js";
import { httpsOptions } from "../security/index.js";
import { failureResponse, inferenceErrorOf, refuseConnection, writeFailure } from "./failures.js";
import { HeadCache } from "./head-cache.js";
import { DEFAULTS, type Limits, type RestOptions, TIMEOUT_CHECKS } from "./options.js";
import { addRoutes, OPEN_TO_ALL } from "./routes.js";

export type { RestOptions } from "./options.js";

/** The Open Inference Protocol over HTTP, not listening yet. */
export async function restServer(inference: Inference, given: RestOptions = {}): Promise<FastifyInstance> {
  const options = { ...DEFAULTS, ...given };
  const { gate, security } = options;

  function fail(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const failure = inferenceErrorOf(error);
    const { model = "", version } = (request.params ?? {}) as { model?: string; version?: string };
    gate?.failed(failure, model, version);
    const { status, body, headers } = failureResponse(failure);
    return reply.code(status).headers(headers).send(body);
  }

  const app = Fastify({
    logger: false,
    // What comes while it closes is answered all the same: it was accepted.
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      fail(error, request, reply);
    },
    serverFactory: (handler) => serverOf(handler as RequestListener, options),
  });
  app.setErrorHandler(fail);
  app.setNotFoundHandler((request, reply) =>
    fail(new InferenceError("not-found", `there is nothing at ${request.url}`), request, reply),
  );
  // Bodies are read by who wants them.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));

  const keys = security?.keys;
  if (keys !== undefined) {
    app.addHook("onRequest", (request, _reply, done) => {
      const { authorization, "x-api-key": apiKey } = request.headers;
      const isOpen = OPEN_TO_ALL.has(request.routeOptions.url ?? "");
      done(isOpen ? undefined : keys.refuse(authorization, typeof apiKey === "string" ? apiKey : undefined));
    });
  }
  if (gate !== undefined) {
    app.addHook("onSend", (_request, reply, payload, done) => {
      if (gate.isDraining) reply.header("connection", "close");
      done(null, payload);
    });
  }
  addRoutes(app, { inference, options, heads: new HeadCache() });
  return app;
}

function serverOf(handler: RequestListener, options: RestOptions & Limits): Server {
  const { headersTimeout, requestTimeout, keepAliveTimeout, stallTimeout, security } = options;
  const timeouts = { headersTimeout, requestTimeout, keepAliveTimeout };
  // node:http would refuse a request without a host itself, and not say why.
  const settings = { ...timeouts, connectionsCheckingInterval: TIMEOUT_CHECKS, requireHostHeader: false };
  const checked: RequestListener = (request, response) => {
    if (request.headers.host !== undefined || request.httpVersionMinor === 0) handler(request, response);
    else refuse(request, response, "the request has no Host");
  };
  const tls = security?.tls;
  // Both are one kind of server to Fastify.
  const server = (
    tls === undefined
      ? createHttpServer(settings, checked)
      : createHttpsServer({ ...settings, ...httpsOptions(tls) }, checked)
  ) as Server;
  server.setTimeout(stallTimeout);
  server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) =>
    refuse(request, response, `the server does not do what the request expects: ${request.headers.expect}`),
  );
  return server;
}

function refuse(request: IncomingMessage, response: ServerResponse, problem: string): void {
  request.resume();
  writeFailure(response, new InferenceError("invalid", problem), false);
}
