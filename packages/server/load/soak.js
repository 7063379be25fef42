// Half load for half an hour: `npm run load -- soak --minutes 30`. Memory after the warm-up must stay within 5 %.
import { parseArgs } from "node:util";
import { full, steady } from "./support/drive.js";
import { ask } from "./support/http-connection.js";
import { patient } from "./support/patient.js";
import { residentBytes } from "./support/process.js";
import { binaryRequest, jsonRequest, rowsOf } from "./support/requests.js";
import { startServer } from "./support/server.js";

const TOLERANCE = 0.05;
/** The first part of the time, in which caches fill and the heap finds its size. */
const WARM_UP = 0.2;
const CONNECTIONS = 16;

export async function run(args) {
  const { values } = parseArgs({ args, options: { minutes: { type: "string", default: "30" } } });
  const seconds = Number(values.minutes) * 60;
  const server = await startServer({ args: patient() });
  const port = server.ports.rest;
  const kinds = await Promise.all(
    [binaryRequest(rowsOf(1)), jsonRequest(rowsOf(1)), binaryRequest(rowsOf(16))].map(async (request) => {
      const answer = await ask(port, request);
      const { rate } = await full(port, request, answer, { connections: CONNECTIONS, seconds: 3 });
      return { request, answer, rate };
    }),
  );
  // Each kind has a third of half the time.
  const rates = kinds.map(({ rate }) => rate / 2 / kinds.length);
  console.log(`half load: ${rates.map(Math.round).join(" + ")} requests/s: one row, JSON, 16 rows`);

  const samples = [];
  const start = performance.now();
  const timer = setInterval(() => {
    const at = (performance.now() - start) / 1000;
    samples.push([at, residentBytes(server.pid)]);
    if (samples.length % 60 === 0) console.log(`${Math.round(at)} s: ${mebibytes(samples.at(-1)[1])}`);
  }, 1000);
  const driven = kinds.map(({ request, answer }, i) =>
    steady(port, request, answer, { connections: CONNECTIONS, seconds, rate: rates[i] }),
  );
  const answered = (await Promise.all(driven)).reduce((sum, { latencies }) => sum + latencies.count, 0);
  clearInterval(timer);
  const status = await server.stop();

  const after = samples.filter(([at]) => at > seconds * WARM_UP);
  const third = Math.floor(after.length / 3);
  const [first, last] = [mean(after.slice(0, third)), mean(after.slice(-third))];
  const growth = last / first - 1;
  console.log(
    `${answered} requests, all answered right; memory ${mebibytes(first)} at first, ${mebibytes(last)} at last: ${(100 * growth).toFixed(1)} %`,
  );
  if (growth > TOLERANCE || status !== 0) {
    console.error(status === 0 ? "memory grows" : `the server ended with ${status}`);
    process.exitCode = 1;
  }
}

const mean = (samples) => samples.reduce((sum, [, bytes]) => sum + bytes, 0) / samples.length;
const mebibytes = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
