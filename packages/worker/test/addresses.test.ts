import { expect, test } from "vitest";
import { head, names } from "./support/model.js";
import { ask, post, problemOf, useWorker } from "./support/worker.js";

useWorker();

test("GET / says what the model is, what is taken, and that WebAssembly runs", async () => {
  const response = await ask("/");
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    model: { features: 64, classes: 10, code: head.code.name, names },
    backend: { name: "wasm", instructionSet: "simd128" },
    limits: { bodyBytes: 524288, rows: 256, k: 10 },
    classify: { method: "POST", path: "/classify" },
  });
});

test("GET /health", async () => {
  const response = await ask("/health");
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ status: "ok" });
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
});

test.each(["/", "/health"])("HEAD %s is GET without a body", async (path) => {
  const [got, response] = await Promise.all([ask(path), ask(path, { method: "HEAD" })]);
  expect(response.status).toBe(200);
  expect(response.headers.get("Content-Type")).toBe(got.headers.get("Content-Type"));
  expect(await response.text()).toBe("");
});

test.each([
  ["/", "GET, HEAD, OPTIONS"],
  ["/health", "GET, HEAD, OPTIONS"],
  ["/classify", "POST, OPTIONS"],
])("OPTIONS %s, and the question of a browser before it asks", async (path, allow) => {
  const response = await ask(path, {
    method: "OPTIONS",
    headers: {
      Origin: "https://example.com",
      "Access-Control-Request-Method": "POST",
      "Access-Control-Request-Headers": "content-type",
    },
  });
  expect(response.status).toBe(204);
  expect(response.headers.get("Allow")).toBe(allow);
  expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
  expect(response.headers.get("Access-Control-Allow-Methods")).toBe(allow.replaceAll(" ", ""));
  expect(response.headers.get("Access-Control-Allow-Headers")).toBe("Content-Type");
  expect(response.headers.get("Access-Control-Max-Age")).toBe("86400");
  expect(await response.text()).toBe("");
});

test("a page of any origin may read the answer", async () => {
  const response = await post('{ "features": [] }', "application/json", "/classify", {
    Origin: "https://example.com",
  });
  expect(response.status).toBe(200);
  expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
});

test.each(["/classes", "/classify/", "/health/", "/CLASSIFY", "/constructor", "/%00", "/../etc/passwd"])(
  "there is nothing at %s",
  async (path) => {
    const response = await ask(path);
    expect(response.status).toBe(404);
    expect(await problemOf(response)).toMatchObject({
      title: "Not Found",
      code: "not-found",
      detail: "there is nothing at this address, only at /, /health, /classify",
    });
  },
);

test.each([
  ["/", "POST", "GET, HEAD, OPTIONS"],
  ["/health", "DELETE", "GET, HEAD, OPTIONS"],
  ["/classify", "GET", "POST, OPTIONS"],
  ["/classify", "PUT", "POST, OPTIONS"],
])("%s does not take %s", async (path, method, allow) => {
  const response = await ask(path, { method });
  expect(response.status).toBe(405);
  expect(response.headers.get("Allow")).toBe(allow);
  expect(await problemOf(response)).toMatchObject({
    code: "method-not-allowed",
    detail: `${path} does not take ${method}: use ${allow}`,
  });
});

test("/classify does not take HEAD, and says so without a body", async () => {
  const response = await ask("/classify", { method: "HEAD" });
  expect([response.status, response.headers.get("Allow")]).toEqual([405, "POST, OPTIONS"]);
  expect(await response.text()).toBe("");
});
