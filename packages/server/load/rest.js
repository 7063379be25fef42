// How many requests the server answers over HTTP, beside what node:http alone can do and beside a dense layer of onnxruntime-node.
import { availableParallelism, cpus } from "node:os";
import { parseArgs } from "node:util";
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

export async function run(args) {
  const { values } = parseArgs({
    args,
    options: { connections: { type: "string", default: "16" }, seconds: { type: "string", default: "10" } },
  });
  const settings = { connections: Number(values.connections), seconds: Number(values.seconds) };
  const one = rowsOf(1);
  const many = rowsOf(64);
  const table = [];
  const add = (what, found, target = "") => {
    table.push([what, found, target]);
    console.error(`${what}: ${found}`);
  };

  const bare = await startChild("./bare-server.js");
  const limit = await measured(bare, binaryRequest(one), settings);
  add("node:http alone, the same bytes", `${count(limit.rate)} requests/s, ${cost(limit)}`);
  await bare.stop();

  const server = await startServer({ features: FEATURES, classes: CLASSES });
  const rest = { port: server.ports.rest, pid: server.pid };
  const request = binaryRequest(one);
  const binary = await measured(rest, request, settings, server.head.forward(one));
  const share = `${Math.round((100 * binary.rate) / limit.rate)} % of node:http alone`;
  add("binary, one row", `${count(binary.rate)} requests/s, ${share}, ${cost(binary)}`, "≥ 30,000");
  const answer = await ask(rest.port, request);
  const calm = await steady(rest.port, request, answer, { ...settings, rate: binary.rate * SHARE });
  const [p50, p99] = calm.latencies.quantiles(0.5, 0.99);
  add(
    `the same at ${100 * SHARE} % of that`,
    `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`,
    "p99 ≤ 5 ms",
  );
  const top = await measured(rest, topRequest(one), settings);
  add("binary, one row, the five best classes", `${count(top.rate)} requests/s, ${cost(top)}`);
  const json = await measured(rest, jsonRequest(one), settings, server.head.forward(one));
  add("JSON, one row", `${count(json.rate)} requests/s, ${cost(json)}`, "≥ 3,000");
  const rows = await measured(rest, binaryRequest(many), settings, server.head.forward(many));
  add("binary, 64 rows", `${count(64 * rows.rate)} rows/s, ${cost(rows)}`, "≥ 120,000");
  await server.stop();

  const dense = await startChild("./dense-server.js");
  const denseOne = await measured(dense, request, settings);
  add("dense layer by onnxruntime-node, one row", `${count(denseOne.rate)} requests/s, ${cost(denseOne)}`);
  const denseRows = await measured(dense, binaryRequest(many), settings);
  add("dense layer by onnxruntime-node, 64 rows", `${count(64 * denseRows.rate)} rows/s, ${cost(denseRows)}`);
  await dense.stop();

  console.log(`${FEATURES} → ${CLASSES}, ${settings.connections} connections, client included: `);
  console.log(`${availableParallelism()} cores, ${cpus()[0].model.trim()}, Node ${process.version}\n`);
  for (const row of [["what", "found", "target"], ["---", "---", "---"], ...table]) {
    console.log(`| ${row.join(" | ")} |`);
  }
}

const count = (number) => Math.round(number).toLocaleString("en");

/** What says more than a rate where a machine has other work as well. */
const cost = ({ cpu }) => `${Math.round(cpu * 1e6)} µs of processor time a request`;

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
