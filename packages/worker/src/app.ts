import { Hono } from "hono";
import { cors } from "hono/cors";
import { DEFAULT_K, MAX_BODY_BYTES, MAX_ROWS } from "./limits.js";
import type { Model } from "./model.js";
import { Problem } from "./problem.js";
import { readBody } from "./request/body.js";
import { readFeatures } from "./request/features.js";
import { formatOf } from "./request/format.js";
import { maxK, readK } from "./request/query.js";

/** The methods of each address; HEAD is answered as GET without a body. */
const METHODS: Record<string, readonly string[]> = {
  "/": ["GET", "HEAD", "OPTIONS"],
  "/health": ["GET", "HEAD", "OPTIONS"],
  "/classify": ["POST", "OPTIONS"],
};
const A_DAY = 24 * 60 * 60;

export function createApp(model: Model): Hono {
  const app = new Hono();

  app.use(async (c, next) => {
    const methods = METHODS[c.req.path];
    if (c.req.method === "OPTIONS" && methods) c.header("Allow", methods.join(", "));
    c.header("X-Content-Type-Options", "nosniff");
    c.header("Cache-Control", "no-store");
    await next();
  });
  // Any page may ask: there are no cookies and nothing is kept.
  app.use(
    cors({
      origin: "*",
      allowMethods: (_, c) => [...(METHODS[c.req.path] ?? [])],
      allowHeaders: ["Content-Type"],
      maxAge: A_DAY,
    }),
  );

  app.get("/", (c) => c.json(describe(model)));
  app.get("/health", (c) => {
    // One row goes through the kernels: a Worker that cannot classify is not well.
    model.classify(new Float32Array(model.head.features).fill(1), 1);
    return c.json({ status: "ok" });
  });
  app.post("/classify", async (c) => {
    const { features, classes } = model.head;
    const k = readK(new URL(c.req.url).searchParams, classes);
    const format = formatOf(c.req.raw.headers);
    const body = await readBody(c.req.raw, MAX_BODY_BYTES);
    return c.json({ results: model.classify(readFeatures(body, format, features), k) });
  });

  for (const [path, methods] of Object.entries(METHODS)) {
    app.all(path, (c) => {
      const allow = methods.join(", ");
      throw new Problem("method-not-allowed", `${path} does not take ${c.req.method}: use ${allow}`, {
        headers: { Allow: allow },
      });
    });
  }
  app.notFound(() => {
    const paths = Object.keys(METHODS).join(", ");
    return new Problem("not-found", `there is nothing at this address, only at ${paths}`).response();
  });
  app.onError((error) => {
    if (error instanceof Problem) return error.response();
    console.error(error);
    return new Problem("internal", "the server failed: its log has the reason").response();
  });
  return app;
}

function describe({ head, names }: Model): object {
  return {
    name: "fixed-classifier-worker",
    model: { features: head.features, classes: head.classes, code: head.code.name, names },
    backend: { name: head.backend.name, instructionSet: head.backend.instructionSet },
    limits: { bodyBytes: MAX_BODY_BYTES, rows: MAX_ROWS, k: maxK(head.classes) },
    classify: {
      method: "POST",
      path: "/classify",
      query: { k: `1 to ${maxK(head.classes)}, default ${Math.min(DEFAULT_K, maxK(head.classes))}` },
      "application/json": `{ "features": [${head.features} numbers] }, or a list of such lists`,
      "application/octet-stream": `rows of ${head.features} little-endian float32`,
    },
  };
}
