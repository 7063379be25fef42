// How many requests the server answers over HTTP, beside what node:http and Fastify alone can do, and beside a dense layer of
// onnxruntime-node. Processor time says more than a rate where a machine has other work as well.
import { availableParallelism, cpus } from "node:os";
import { parseArgs } from "node:util";
import { FixedClassifier } from "fixed-classifier";
import { startChild } from "./support/child.js";
import { full, steady } from "./support/drive.js";
import { ask } from "./support/http-connection.js";
import { cpuSeconds } from "./support/process.js";
import {
  binaryRequest,
  CLASSES,
  FEATURES,
  jsonRequest,
  logitsOf,
  rowsOf,
  topRequest,
} from "./support/requests.js";
import { startServer } from "./support/server.js";

/** Of what the server can answer, as the latency is asked for. */
const SHARE = 0.8;
const CALM = `${100 * SHARE} % of that`;

export async function run(args) {
  const { values } = parseArgs({
    args,
    options: { connections: { type: "string", default: "16" }, seconds: { type: "string", default: "10" } },
  });
  const settings = { connections: Number(values.connections), seconds: Number(values.seconds) };
  const table = [];
  const add = (what, found, target = "") => {
    table.push([what, found, target]);
    console.error(`${what}: ${found}`);
  };
  await measureOurs(settings, add, await measureBare(settings, add));
  await measureDense(settings, add);

  console.log(
    `${FEATURES} → ${CLASSES}, ${settings.connections} connections, client included, processor time of the server: `,
  );
  console.log(`${availableParallelism()} cores, ${cpus()[0].model.trim()}, Node ${process.version}\n`);
  for (const row of [["what", "found", "target"], ["---", "---", "---"], ...table]) {
    console.log(`| ${row.join(" | ")} |`);
  }
}

const one = rowsOf(1);
const many = rowsOf(64);
const oneRow = binaryRequest(one);
const oneRowAsJson = jsonRequest(one);
const manyRows = binaryRequest(many);
const head = new FixedClassifier({ features: FEATURES, classes: CLASSES });

/** What there would be without a protocol: the most that can be expected. */
async function measureBare(settings, add) {
  const http = await startChild("./bare-server.js");
  const limit = await measured(http, oneRow, settings);
  add("node:http alone, the same bytes", rate(limit));
  add(`the same at ${CALM}`, await calmly(http, oneRow, settings, limit.rate));
  await http.stop();

  const fastify = await startChild("./fastify-server.js");
  const binary = await measured(fastify, oneRow, settings, head.forward(one));
  add("Fastify alone before the head, binary, one row", rate(binary));
  add(`the same at ${CALM}`, await calmly(fastify, oneRow, settings, binary.rate));
  const json = await measured(fastify, oneRowAsJson, settings, head.forward(one));
  add("Fastify alone before the head, JSON, one row", rate(json));
  const rows = await measured(fastify, manyRows, settings, head.forward(many));
  add("Fastify alone before the head, binary, 64 rows", rate(rows, 64));
  await fastify.stop();
  return { limit, binary, json, rows };
}

async function measureOurs(settings, add, bare) {
  const server = await startServer({ features: FEATURES, classes: CLASSES });
  const rest = { port: server.ports.rest, pid: server.pid };
  const binary = await measured(rest, oneRow, settings, head.forward(one));
  const share = `${Math.round((100 * binary.rate) / bare.limit.rate)} % of node:http alone`;
  add("binary, one row", `${rate(binary)}, ${share}, ${beside(binary, bare.binary)}`, "≥ 30,000; ≥ 0.84 ×");
  add(`the same at ${CALM}`, await calmly(rest, oneRow, settings, binary.rate), "p99 ≤ 5 ms");
  const top = await measured(rest, topRequest(one), settings);
  add("binary, one row, the five best classes", rate(top));
  const json = await measured(rest, oneRowAsJson, settings, head.forward(one));
  add("JSON, one row", `${rate(json)}, ${beside(json, bare.json)}`, "≥ 3,000; ≥ 0.94 ×");
  const rows = await measured(rest, manyRows, settings, head.forward(many));
  add("binary, 64 rows", `${rate(rows, 64)}, ${beside(rows, bare.rows)}`, "≥ 120,000; ≥ 0.95 ×");
  await server.stop();
}

async function measureDense(settings, add) {
  const dense = await startChild("./dense-server.js");
  const binary = await measured(dense, oneRow, settings);
  add("dense layer by onnxruntime-node, one row", rate(binary));
  const rows = await measured(dense, manyRows, settings);
  add("dense layer by onnxruntime-node, 64 rows", rate(rows, 64));
  await dense.stop();
}

const rate = ({ rate: requests, cpu }, rows = 1) =>
  `${count(rows * requests)} ${rows > 1 ? "rows" : "requests"}/s, ${Math.round(cpu * 1e6)} µs a request`;

const beside = (found, bare) =>
  `${(found.rate / bare.rate).toFixed(2)} × Fastify alone, by processor time ${(bare.cpu / found.cpu).toFixed(2)} ×`;

const count = (number) => Math.round(number).toLocaleString("en");

/** When requests come whatever becomes of those before, `SHARE` of what the server can answer. */
async function calmly({ port }, request, settings, most) {
  const answer = await ask(port, request);
  const { latencies } = await steady(port, request, answer, { ...settings, rate: most * SHARE });
  const [p50, p99] = latencies.quantiles(0.5, 0.99);
  return `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`;
}

/** After a warm-up, and only if the answer is the head's own bits. */
async function measured({ port, pid }, request, settings, expected) {
  const answer = await ask(port, request);
  if (answer.status !== 200) throw new Error(answer.body.toString());
  if (expected !== undefined && Buffer.compare(bytesOf(logitsOf(answer)), bytesOf(expected)) !== 0) {
    throw new Error("the logits are not the head's");
  }
  await full(port, request, answer, { ...settings, seconds: Math.min(2, settings.seconds) });
  const before = cpuSeconds(pid);
  const found = await full(port, request, answer, settings);
  return { ...found, cpu: (cpuSeconds(pid) - before) / found.latencies.count };
}

const bytesOf = (numbers) => new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
