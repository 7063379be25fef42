// How many requests a second the server answers over gRPC with raw contents, and how long they take: `npm run load -- grpc --rows 1`.
import { availableParallelism, cpus } from "node:os";
import { parseArgs } from "node:util";
import { HEADERS, Response, rawRequest } from "./support/grpc-client.js";
import { Latencies } from "./support/latencies.js";
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
  const server = await startServer({ features: FEATURES, classes: CLASSES });
  try {
    const features = Float32Array.from({ length: rows * FEATURES }, (_, i) => Math.sin(i));
    const frame = rawRequest(features, FEATURES);
    const open = Array.from(
      { length: connections },
      () => new RawConnection(server.ports.grpc, HEADERS[":path"]),
    );
    const right = await check(open[0], frame, server.head.forward(features));
    await load(open, frame, concurrency, Math.min(2, seconds), right);
    const { latencies, failures, elapsed } = await load(open, frame, concurrency, seconds, right);
    for (const connection of open) connection.close();
    if (failures > 0) throw new Error(`${failures} requests failed`);
    const [p50, p99] = latencies.quantiles(0.5, 0.99);
    const rate = latencies.count / elapsed;
    console.log(
      `gRPC, raw, ${rows} row${rows > 1 ? "s" : ""} of ${FEATURES} → ${CLASSES}: ${Math.round(rate)} requests/s, ` +
        `${Math.round(rate * rows)} rows/s, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms ` +
        `(${concurrency} at once on ${connections} connections; ${availableParallelism()} cores, ${cpus()[0].model.trim()}, client included)`,
    );
  } finally {
    await server.stop();
  }
}

/** What is measured must be right: the head's own bits. Gives the trailers of an answer that is. */
async function check(connection, frame, expected) {
  const [trailers, pieces] = await new Promise((resolve) =>
    connection.infer(frame, (...all) => resolve(all)),
  );
  const answer = Buffer.concat(pieces);
  const [logits] = answer.length > 5 ? Response.decode(answer.subarray(5)).raw_output_contents : [];
  if (logits === undefined || Buffer.compare(logits, Buffer.from(expected.buffer)) !== 0) {
    throw new Error(`the answer is wrong: ${trailers.toString("latin1")}`);
  }
  return trailers;
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
