import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import { InferenceError } from "../inference/errors.js";
import type { Inference } from "../inference/request.js";
import { failureResponse, inferenceErrorOf, refuseConnection } from "./failures.js";
import { DEFAULTS, type RestOptions, TIMEOUT_CHECKS } from "./options.js";
import { addRoutes } from "./routes.js";

export type { RestOptions } from "./options.js";

/** The Open Inference Protocol over HTTP, not listening yet. */
export async function restServer(inference: Inference, given: RestOptions = {}): Promise<FastifyInstance> {
  const options = { ...DEFAULTS, ...given };
  const { gate, onInternalError } = options;

  function fail(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const failure = inferenceErrorOf(error, onInternalError);
    const { model = "" } = (request.params ?? {}) as { model?: string };
    gate?.failed(failure, model);
    const { status, body, headers } = failureResponse(failure);
    if (gate?.isDraining) reply.header("connection", "close");
    return reply.code(status).headers(headers).send(body);
  }

  const app = Fastify({
    // Each request that is answered here would cost a line of a log, and each connection that is closed one that waits.
    logger: false,
    return503OnClosing: false,
    bodyLimit: options.bodyLimit,
    keepAliveTimeout: options.keepAliveTimeout,
    requestTimeout: options.requestTimeout,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      fail(error, request, reply);
    },
    serverFactory: (handler) => {
      const timeouts = {
        headersTimeout: options.headersTimeout,
        requestTimeout: options.requestTimeout,
        keepAliveTimeout: options.keepAliveTimeout,
        connectionsCheckingInterval: TIMEOUT_CHECKS,
      };
      return options.tls === undefined
        ? createHttpServer(timeouts, handler)
        : (createHttpsServer({ ...timeouts, ...options.tls }, handler) as unknown as Server);
    },
  });
  app.setErrorHandler(fail);
  app.setNotFoundHandler((request, reply) =>
    fail(new InferenceError("not-found", `there is nothing at ${request.url}`), request, reply),
  );
  // Bodies are read by who wants them.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));

  await options.extend?.(app);
  addRoutes(app, { inference, options });
  return app;
}
