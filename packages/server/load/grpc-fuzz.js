// Calls that are wrong in many ways: the server answers each with a status that blames the client, and lives: `npm run load -- grpc-fuzz --calls 100000`.
import { connect } from "node:net";
import { parseArgs } from "node:util";
import { caseOf } from "./support/grpc-cases.js";
import { Connection, framed, HEADERS, Response, rawRequest } from "./support/grpc-client.js";
import { mutated } from "./support/mutate.js";
import { randomOf } from "./support/mutations.js";
import { startServer } from "./support/server.js";

const FEATURES = 16;
const CONNECTIONS = 8;
const AT_ONCE = 64;
const PATIENCE = 20_000;

const OK = "0";
const UNKNOWN = "2";
const INTERNAL = "13";
/** The call was refused by HTTP, as one of another content type is. */
const NONE = "none";

export async function run(args) {
  const { values } = parseArgs({
    args,
    options: {
      calls: { type: "string", default: "100000" },
      connections: { type: "string", default: "1000" },
      seed: { type: "string", default: String(Date.now() % 1_000_000) },
    },
  });
  const seed = Number(values.seed);
  console.log(`seed ${seed}`);
  const server = await startServer({ features: FEATURES, classes: 5 });
  const statuses = {};
  const problems = [];
  const before = await memoryOf(server.pid);
  await calls(server.ports.grpc, Number(values.calls), seed, statuses, problems);
  await broken(server.ports.grpc, Number(values.connections), seed);
  await check(server);
  const after = await memoryOf(server.pid);
  const status = await server.stop();
  if (status !== 0) problems.push(`the server ended with ${status}`);
  console.log(`statuses: ${JSON.stringify(statuses)}; resident: ${before} MB before, ${after} MB after`);
  for (const problem of problems.slice(0, 20)) console.error(problem);
  if (problems.length > 0) throw new Error(`${problems.length} calls were answered wrong`);
  console.log(
    `${values.calls} calls and ${values.connections} broken connections: none was the server's fault`,
  );
}

/** Many calls at once on a few connections, each of which is the seed's and its number's alone. */
async function calls(port, count, seed, statuses, problems) {
  const connections = Array.from({ length: CONNECTIONS }, () => new Connection(port));
  let next = 0;
  const one = async () => {
    while (next < count) {
      const number = next++;
      const { headers, frame, isTransport } = caseOf(randomOf(seed * 1_000_003 + number));
      const at = number % CONNECTIONS;
      // A broken frame may cost the connection; whatever was on it then has no status.
      if (!connections[at].isOpen) connections[at] = new Connection(port);
      const status = await answerOf(connections[at], frame, { ...HEADERS, ...headers });
      statuses[status] = (statuses[status] ?? 0) + 1;
      const isOurs =
        status === UNKNOWN || status === "late" || ((status === INTERNAL || status === NONE) && !isTransport);
      if (isOurs)
        problems.push(`call ${number}: status ${status} for ${frame.toString("hex").slice(0, 400)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  for (const connection of connections) connection.close();
}

/** The status, and for OK an answer that can be read. */
function answerOf(connection, frame, headers) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve("late"), PATIENCE);
    connection.infer(
      frame,
      (status, pieces) => {
        clearTimeout(timer);
        if (status === OK && headers[":path"].endsWith("ModelInfer")) {
          Response.decode(Buffer.concat(pieces).subarray(5));
        }
        resolve(status);
      },
      headers,
    );
  });
}

/** Connections whose bytes are no HTTP/2, or not for long. */
async function broken(port, count, seed) {
  const whole = Buffer.concat([
    Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
    Buffer.from([0, 0, 5, 1, 5, 0, 0, 0, 1, 0x83, 0x86, 0x84, 0x44, 0]),
    Buffer.from([0, 0, 5, 0, 1, 0, 0, 0, 1]),
    framed(Buffer.alloc(0)),
  ]);
  const random = randomOf(seed);
  for (let i = 0; i < count; i++) {
    await new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.write(mutated(whole, random));
        setTimeout(() => socket.destroy(), 2);
      });
      socket
        .on("error", () => {})
        .on("close", resolve)
        .resume();
    });
  }
}

/** After all that, the head's own bits. */
async function check({ ports, head }) {
  const rows = Float32Array.from({ length: FEATURES }, (_, i) => Math.cos(i));
  const connection = new Connection(ports.grpc);
  const logits = await new Promise((resolve) => {
    connection.infer(rawRequest(rows, FEATURES), (status, pieces) => {
      resolve(status === OK && Response.decode(Buffer.concat(pieces).subarray(5)).raw_output_contents[0]);
    });
  });
  connection.close();
  if (!logits || Buffer.compare(logits, Buffer.from(head.forward(rows).buffer)) !== 0) {
    throw new Error("the server answers wrong after all that");
  }
}

async function memoryOf(pid) {
  const { readFile } = await import("node:fs/promises");
  const text = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Math.round(Number(text.match(/VmRSS:\s+(\d+)/)?.[1] ?? Number.NaN) / 1024);
}
