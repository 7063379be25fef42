// How many requests a second the server answers over gRPC with raw contents, and how long they take, beside what grpc-js alone can do: `npm run load -- grpc --rows 1`.
import { availableParallelism, cpus } from "node:os";
import { parseArgs } from "node:util";
import { startChild } from "./support/child.js";
import { HEADERS, Response, rawRequest } from "./support/grpc-client.js";
import { Latencies } from "./support/latencies.js";
import { cpuSeconds } from "./support/process.js";
import { RawConnection } from "./support/raw-http2.js";
import { startServer } from "./support/server.js";

const FEATURES = 2048;
const CLASSES = 1000;

export async function run(args) {
  const { values } = parseArgs({
    args,
    options: {
      rows: { type: "string", default: "1" },
      connections: { type: "string", default: "4" },
      concurrency: { type: "string", default: "32" },
      seconds: { type: "string", default: "10" },
    },
  });
  const [rows, connections, concurrency, seconds] = ["rows", "connections", "concurrency", "seconds"].map(
    (name) => Number(values[name]),
  );
  const settings = { rows, connections, concurrency, seconds };
  const features = Float32Array.from({ length: rows * FEATURES }, (_, i) => Math.sin(i));
  const frame = rawRequest(features, FEATURES);

  const server = await startServer({ features: FEATURES, classes: CLASSES });
  const found = await measured({ port: server.ports.grpc, pid: server.pid }, frame, settings, (answer) =>
    check(answer, server.head.forward(features)),
  ).finally(server.stop);
  const bare = await startChild("./bare-grpc-server.js", [String(found.bytes)]);
  const limit = await measured(bare, frame, settings).finally(bare.stop);

  const many = rows > 1 ? "s" : "";
  console.log(
    `gRPC, raw, ${rows} row${many} of ${FEATURES} → ${CLASSES}, ${concurrency} at once on ${connections} connections, ` +
      `client included (${availableParallelism()} cores, ${cpus()[0].model.trim()}, Node ${process.version}):`,
  );
  console.log(
    `this server: ${line(found, rows)}, ${Math.round((100 * found.rate) / limit.rate)} % of grpc-js alone`,
  );
  console.log(`grpc-js alone, the same bytes: ${line(limit, rows)}`);
}

/** After a warm-up, with answers that were looked at. */
async function measured({ port, pid }, frame, { connections, concurrency, seconds }, look = () => {}) {
  const open = Array.from({ length: connections }, () => new RawConnection(port, HEADERS[":path"]));
  const [trailers, pieces] = await new Promise((resolve) => open[0].infer(frame, (...all) => resolve(all)));
  const message = Buffer.concat(pieces).subarray(5);
  try {
    look(message);
  } catch (error) {
    throw new Error(`the answer is wrong: ${trailers.toString("latin1")}`, { cause: error });
  }
  await load(open, frame, concurrency, Math.min(2, seconds), trailers);
  const before = cpuSeconds(pid);
  const { latencies, failures, elapsed } = await load(open, frame, concurrency, seconds, trailers);
  const cpu = (cpuSeconds(pid) - before) / latencies.count;
  for (const connection of open) connection.close();
  if (failures > 0) throw new Error(`${failures} requests failed`);
  return { latencies, cpu, rate: latencies.count / elapsed, bytes: message.length };
}

function line({ latencies, cpu, rate }, rows) {
  const [p50, p99] = latencies.quantiles(0.5, 0.99);
  return (
    `${Math.round(rate)} requests/s, ${Math.round(rate * rows)} rows/s, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, ` +
    `${Math.round(cpu * 1e6)} µs of processor time a request`
  );
}

/** What is measured must be right: the head's own bits. */
function check(answer, expected) {
  const [logits] = Response.decode(answer).raw_output_contents;
  if (logits === undefined || Buffer.compare(logits, Buffer.from(expected.buffer)) !== 0) {
    throw new Error("the logits are not the head's");
  }
}

/** Keeps so many requests under way for so many seconds. */
function load(open, frame, concurrency, seconds, right) {
  const latencies = new Latencies();
  const start = performance.now();
  const end = start + seconds * 1000;
  let failures = 0;
  let running = concurrency;
  return new Promise((resolve) => {
    const next = (connection) => {
      const sent = performance.now();
      if (sent >= end) {
        if (--running === 0) resolve({ latencies, failures, elapsed: (sent - start) / 1000 });
        return;
      }
      connection.infer(frame, (trailers) => {
        if (right.equals(trailers)) latencies.add(performance.now() - sent);
        else failures++;
        next(connection);
      });
    };
    for (let i = 0; i < concurrency; i++) next(open[i % open.length]);
  });
}
