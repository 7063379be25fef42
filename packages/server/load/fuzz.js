// Requests with something wrong in them: `npm run load -- fuzz --requests 100000`. Each gets an answer below 500, or a closed connection, and the
// server lives on. The same seed makes the same requests.
import { parseArgs } from "node:util";
import { ask } from "./support/http-connection.js";
import { mutated, randomOf } from "./support/mutations.js";
import { patient } from "./support/patient.js";
import { binaryRequest, rowsOf } from "./support/requests.js";
import { startServer } from "./support/server.js";
import { say } from "./support/speaker.js";

const CONNECTIONS = 16;
const FEATURES = 8;
const CLASSES = 5;

export async function run(args) {
  const { values } = parseArgs({
    args,
    options: {
      requests: { type: "string", default: "100000" },
      seed: { type: "string", default: "1" },
    },
  });
  const total = Number(values.requests);
  const random = randomOf(Number(values.seed));
  const server = await startServer({ features: FEATURES, classes: CLASSES, args: patient() });
  const port = server.ports.rest;
  const statuses = new Map();
  const wrong = [];
  let sent = 0;
  const speak = async () => {
    while (sent < total) {
      sent++;
      if (sent % 10_000 === 0) console.error(`${sent} requests`);
      const request = mutated(random, FEATURES);
      const { status, problem } = await say(port, request);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status >= 500 || problem !== undefined) wrong.push({ status, problem, request });
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, speak));
  const { status } = await ask(port, binaryRequest(rowsOf(1)));
  const ended = await server.stop();

  const found = [...statuses].sort(([a], [b]) => a - b);
  console.log(
    `${total} requests: ${found.map(([status, count]) => `${status || "closed"} ${count}`).join(", ")}`,
  );
  for (const { status, problem, request } of wrong.slice(0, 5)) {
    console.log(`${status} ${problem ?? ""}: ${JSON.stringify(request.toString("latin1").slice(0, 600))}`);
  }
  if (wrong.length > 0 || status !== 400 || ended !== 0) {
    console.error(`${wrong.length} wrong; afterwards ${status}; the server ended with ${ended}`);
    process.exitCode = 1;
  }
}
