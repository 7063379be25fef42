import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, expect, test } from "vitest";
import { parse } from "yaml";
import { restServer } from "../../src/rest/index.js";
import { bytesOf, headOf, rowsOf, serving } from "../support/models.js";
import { type Answer, binaryBody, listening } from "../support/rest.js";

// biome-ignore lint/suspicious/noExplicitAny: a document, looked into by name
type Document = any;

const document: Document = parse(readFileSync(new URL("../../openapi.yaml", import.meta.url), "utf8"));
const { inference, models } = await serving({ m: headOf() });
const services = {
  repository: models,
  metrics: { contentType: "text/plain; version=0.0.4", render: async () => "rows 1\n" },
};
const client = await listening(inference, services);

// The schemas alone are JSON Schema; what refers to them must find them there.
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictRequired: false });
const asSchema = (part: object) =>
  JSON.parse(JSON.stringify(part).replaceAll("#/components/schemas/", "openapi#/$defs/"));
ajv.addSchema({ $id: "openapi", $defs: asSchema(document.components.schemas) });
const checkOf = (schema: object) => ajv.compile(asSchema(schema));

function resolved(part: Document): Document {
  if (part?.$ref === undefined) return part;
  const [, ...path] = part.$ref.split("/");
  const found = path.reduce((at: Document, key: string) => at?.[key], document);
  expect(found, part.$ref).toBeDefined();
  return found;
}

/** Answers that were looked at, by what the document calls them. */
const seen = new Set<string>();

/** What the document says of an answer: its status, its type, its headers and its JSON. */
function expectDocumented(path: string, method: string, answer: Answer): void {
  const { responses } = document.paths[path][method];
  seen.add(`${method} ${path} ${answer.status}`);
  const response = resolved(responses[answer.status] ?? responses.default);
  const type = String(answer.headers["content-type"]).split(";")[0];
  const content = response.content[type];
  expect(content, `${answer.status} as ${type}`).toBeDefined();
  for (const [name, header] of Object.entries(response.headers ?? {})) {
    expect(checkOf(resolved(header).schema)(Number(answer.headers[name.toLowerCase()])), name).toBe(true);
  }
  if (type === "text/plain") return;
  const schema =
    type === "application/json" ? content.schema : { $ref: "#/components/schemas/InferResponse" };
  const check = checkOf(schema);
  expect(check(answer.json), `${answer.text.slice(0, 200)}: ${JSON.stringify(check.errors)}`).toBe(true);
}

const x = rowsOf(2, 20);
const input = { name: "features", datatype: "FP32", shape: [2, 20] };
const INFER = "/v2/models/{model}/infer";
const isRequest = checkOf({ $ref: "#/components/schemas/InferRequest" });

test("every schema of the document is one, and every reference leads somewhere", () => {
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    expect(() => checkOf(schema as object), name).not.toThrow();
  }
  JSON.stringify(document, (key, value) => {
    if (key === "$ref") resolved({ $ref: value });
    return value;
  });
});

test("the document has every route of the server, by the methods that it takes", async () => {
  const app = await restServer(inference, services);
  afterAll(() => app.close());
  await app.ready();
  const urls = new Set<string>();
  const parts: string[] = [];
  for (const line of app.printRoutes({ commonPrefix: false, includeHooks: false }).split("\n")) {
    const found = /^(.*?)[├└]── (\S*) \(/.exec(line);
    if (found === null) continue;
    parts.length = found[1].length / 4;
    parts.push(found[2]);
    urls.add(parts.join(""));
  }
  expect(urls.size).toBeGreaterThan(5);
  for (const url of urls) {
    const path = url.replace(/:(\w+)/g, "{$1}");
    expect(document.paths, url).toHaveProperty([path]);
    const { headers } = await client.send("TRACE", url);
    const documented = Object.keys(document.paths[path]).filter((key) => key !== "parameters");
    const taken = String(headers.allow).toLowerCase().split(", ");
    expect(taken, url).toEqual(documented.flatMap((method) => (method === "get" ? ["get", "head"] : method)));
  }
});

test("the server has every route of the document", async () => {
  const app = await restServer(inference, services);
  afterAll(() => app.close());
  await app.ready();
  const documented = Object.entries(document.paths).flatMap(([path, item]) =>
    ["get", "post"].filter((method) => (item as Document)[method]).map((method) => [method, path]),
  );
  for (const [method, path] of documented) {
    const url = path.replace(/\{(\w+)\}/g, ":$1");
    expect(app.hasRoute({ method: method.toUpperCase() as "GET", url }), `${method} ${path}`).toBe(true);
  }
});

test("what is only read", async () => {
  for (const [path, item] of Object.entries(document.paths) as [string, Document][]) {
    if (item.get === undefined) continue;
    for (const [model, version] of [
      ["m", "1"],
      ["other", "1"],
      ["m", "9"],
    ]) {
      const url = path.replace("{model}", model).replace("{version}", version);
      expectDocumented(path, "get", await client.get(url));
    }
  }
});

test.each<[string, object, Uint8Array[]]>([
  ["JSON", { inputs: [{ ...input, data: [...x] }], id: "1" }, []],
  ["nested JSON", { inputs: [{ ...input, data: [[...x.subarray(0, 20)], [...x.subarray(20)]] }] }, []],
  ["infinities", { inputs: [{ ...input, data: ["Infinity", "NaN", "-Infinity", ...x.subarray(3)] }] }, []],
  [
    "bytes",
    {
      inputs: [{ ...input, parameters: { binary_data_size: 160 } }],
      parameters: { binary_data_output: true },
    },
    [bytesOf(x)],
  ],
  [
    "classes",
    {
      inputs: [{ ...input, data: [...x] }],
      outputs: [{ name: "logits", parameters: { classification: 3 } }],
    },
    [],
  ],
  ["zero rows", { inputs: [{ ...input, shape: [0, 20], data: [] }] }, []],
])("requests of %s are as the document has them, and so are their answers", async (_, json, bytes) => {
  expect(isRequest(json), JSON.stringify(isRequest.errors)).toBe(true);
  const { body, headers } = binaryBody(json, ...bytes);
  const answer = await client.post("/v2/models/m/infer", body, headers);
  expect(answer.status).toBe(200);
  expectDocumented(INFER, "post", answer);
});

test.each<[string, object]>([
  ["no inputs", {}],
  ["null", { inputs: [{ ...input, data: [null] }] }],
  ["no data", { inputs: [input] }],
  ["both kinds of data", { inputs: [{ ...input, data: [...x], parameters: { binary_data_size: 160 } }] }],
  ["a negative dimension", { inputs: [{ ...input, shape: [-1, 20], data: [...x] }] }],
  ["a number as id", { id: 1, inputs: [{ ...input, data: [...x] }] }],
])("the document refuses what the server does: %s", async (_, json) => {
  expect(isRequest(json)).toBe(false);
  const answer = await client.post("/v2/models/m/infer", json);
  expect(answer.status).toBe(400);
  expectDocumented(INFER, "post", answer);
});

test("failures of every status", async () => {
  const body = JSON.stringify({ inputs: [{ ...input, data: [...x] }] });
  const large = Buffer.alloc(65 * 2 ** 20);
  for (const path of [INFER, "/v2/models/{model}/versions/{version}/infer"]) {
    const url = path.replace("{model}", "m").replace("{version}", "1");
    for (const [status, headers, sent] of [
      [413, {}, large],
      [415, { "content-type": "text/plain" }, body],
      [415, { "content-type": "application/json, text/plain" }, body],
      [415, { "content-encoding": "br" }, body],
      [200, {}, body],
    ] as const) {
      const answer = await client.post(url, sent, headers);
      expect(answer.status).toBe(status);
      expectDocumented(path, "post", answer);
    }
  }
  const index = "/v2/repository/index";
  expectDocumented(index, "post", await client.post(index, { ready: true }));
  for (const [call, model] of [
    ["unload", "m"],
    ["load", "other"],
  ]) {
    const path = `/v2/repository/models/{model}/${call}`;
    expectDocumented(path, "post", await client.post(path.replace("{model}", model)));
  }
  // Of a model that is not loaded.
  for (const [path, item] of Object.entries(document.paths) as [string, Document][]) {
    const url = path.replace("{model}", "m").replace("{version}", "1");
    if (item.get !== undefined) expectDocumented(path, "get", await client.get(url));
    if (path.endsWith("/infer")) expectDocumented(path, "post", await client.post(url, body));
  }
  const load = "/v2/repository/models/{model}/load";
  expectDocumented(load, "post", await client.post(load.replace("{model}", "m")));
  inference.stop();
  expectDocumented("/v2/health/ready", "get", await client.get("/v2/health/ready"));
});

test("every status that the document names was seen, of every path", () => {
  for (const [path, item] of Object.entries(document.paths) as [string, Document][]) {
    for (const method of ["get", "post"]) {
      for (const status of Object.keys(item[method]?.responses ?? {})) {
        if (status !== "default") expect([...seen]).toContain(`${method} ${path} ${status}`);
      }
    }
  }
});
