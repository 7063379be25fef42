import { METHODS } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from "fastify";
import { InferenceError } from "../inference/errors.js";
import type { Repository } from "../inference/services.js";
import { type BodyTaker, readBody } from "./body.js";
import { Exchange, type RestContext } from "./exchange.js";
import { type Json, JsonReader } from "./json/reader.js";

type ModelParams = { model: string; version?: string };
type ModelRequest = FastifyRequest<{ Params: ModelParams }>;

/** What balancers and probes ask, without a key. */
export const OPEN_TO_ALL: ReadonlySet<string> = new Set(["/v2/health/live", "/v2/health/ready"]);

/** What the repository is asked for is a line; more is no such request. */
const REPOSITORY_BODY = 2 ** 20;

/** A tunnel's CONNECT never gets here. */
const IN_USE = ["GET", "HEAD", "POST", "CONNECT"];

/** All that the server answers, by path and method. */
export function addRoutes(app: FastifyInstance, context: RestContext): void {
  const { inference, options } = context;
  // All that can be asked by, though nothing is: a path that there is takes another method, whatever the one is called.
  for (const method of METHODS)
    if (!IN_USE.includes(method)) app.addHttpMethod(method, { overrideExisting: true });
  const get = (url: string, handler: (request: ModelRequest, reply: FastifyReply) => unknown) =>
    addRoute(app, "GET", url, handler);
  const post = (url: string, handler: (request: ModelRequest, reply: FastifyReply) => unknown) =>
    addRoute(app, "POST", url, handler);

  get("/v2", () => {
    const { name, version, extensions } = inference;
    return { name, version, extensions };
  });
  get("/v2/health/live", () => ({ live: true }));
  get("/v2/health/ready", () => {
    if (inference.isReady) return { ready: true };
    throw new InferenceError("unavailable", "the server is not ready");
  });

  for (const model of ["/v2/models/:model", "/v2/models/:model/versions/:version"]) {
    get(model, ({ params }) => inference.metadata(params.model, params.version ?? ""));
    get(`${model}/ready`, ({ params: { model: name, version = "" } }) => {
      if (inference.isModelReady(name, version)) return { name, ready: true };
      throw new InferenceError("unavailable", `the model "${name}" is not ready`);
    });
    post(`${model}/infer`, ({ raw, params }, reply) => {
      reply.hijack();
      new Exchange(context, raw, reply.raw, params.model, params.version ?? "").start();
    });
  }

  const { repository, metrics } = options;
  if (repository !== undefined) addRepository(post, repository);
  if (metrics !== undefined) {
    get("/metrics", async (_request, reply) => reply.type(metrics.contentType).send(await metrics.render()));
  }
}

type Add = (url: string, handler: (request: ModelRequest, reply: FastifyReply) => unknown) => void;

function addRepository(post: Add, repository: Repository): void {
  post("/v2/repository/index", async ({ raw }) => {
    const body = await readJson(raw);
    const isReadyOnly = body.ready === true;
    return repository.index().filter(({ state }) => !isReadyOnly || state === "READY");
  });
  post("/v2/repository/models/:model/load", async ({ raw, params }, reply) => {
    const body = await readJson(raw);
    if (body.parameters !== undefined && Object.keys(body.parameters as object).length > 0) {
      throw new InferenceError(
        "invalid",
        "a load takes no parameters: models are read from where the server was told they are",
      );
    }
    await repository.load(params.model);
    return reply.send({});
  });
  post("/v2/repository/models/:model/unload", async ({ raw, params }, reply) => {
    await readJson(raw);
    await repository.unload(params.model);
    return reply.send({});
  });
}

/** The JSON object that a body is; one that is empty has no members. */
function readJson(request: FastifyRequest["raw"]): Promise<Record<string, Json>> {
  return new Promise((resolve, reject) => {
    const taker: BodyTaker = {
      taken(bytes) {
        try {
          if (bytes.length === 0) return resolve({});
          const reader = new JsonReader(bytes);
          const members: [string, Json][] = [];
          reader.object("the request", (key) => members.push([key, reader.value(key)]));
          reader.finish();
          resolve(Object.fromEntries(members));
        } catch (error) {
          reject(error);
        }
      },
      refused: reject,
      gone: () => reject(new InferenceError("invalid", "the client went")),
    };
    readBody(request, { limit: REPOSITORY_BODY, gate: undefined, alignAt: 0 }, taker);
  });
}

/** A route, and what tells those who come by another method. */
function addRoute(
  app: FastifyInstance,
  method: "GET" | "POST",
  url: string,
  handler: (request: ModelRequest, reply: FastifyReply) => unknown,
): void {
  app.route({ method, url, handler: handler as (request: FastifyRequest, reply: FastifyReply) => unknown });
  const allowed = method === "GET" ? ["GET", "HEAD"] : [method];
  const others = (app.supportedMethods as HTTPMethods[]).filter((other) => !allowed.includes(other));
  app.route({
    method: others,
    url,
    handler: (request, reply) => {
      reply.header("allow", allowed.join(", "));
      throw new InferenceError(
        "method-not-allowed",
        `${request.method} is not for ${url}; it takes ${method}`,
      );
    },
  });
}
