// Requests a second of the Worker on this machine, through HTTP on the loopback: `npm run bench`, about 20 seconds.
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import autocannon from "autocannon";
import { buildWorker } from "./build.js";
import { startWorker } from "./miniflare.js";

const CONNECTIONS = 8;
const SECONDS = 5;
const FLOAT32 = "application/octet-stream";

const example = (/** @type {string} */ name) => readFileSync(new URL(`../examples/${name}`, import.meta.url));
const json = example("ankle-boot.json");
const ten = example("one-of-each.f32");
const one = ten.subarray(0, ten.length / 10);

const CASES = [
  { name: "1 row, JSON", rows: 1, type: "application/json", body: json },
  { name: "1 row, float32", rows: 1, type: FLOAT32, body: one },
  { name: "100 rows, float32", rows: 100, type: FLOAT32, body: Buffer.concat(Array(10).fill(ten)) },
];

await buildWorker();
const { miniflare, url } = await startWorker(0);
console.log(
  `${cpus()[0].model}, ${cpus().length} CPUs, Node ${process.versions.node}, ${CONNECTIONS} connections\n`,
);
console.log("| request | requests/s | rows/s | median | 99 % |\n| --- | --- | --- | --- | --- |");
for (const { name, rows, type, body } of CASES) {
  const { requests, latency, errors, non2xx } = await autocannon({
    url: new URL("/classify?k=5", url).href,
    connections: CONNECTIONS,
    duration: SECONDS,
    method: "POST",
    headers: { "Content-Type": type },
    body,
  });
  if (errors + non2xx > 0) throw new Error(`${name}: ${errors} requests failed and ${non2xx} were refused`);
  const speed = Math.round(requests.average);
  console.log(`| ${name} | ${speed} | ${speed * rows} | ${latency.p50} ms | ${latency.p99} ms |`);
}
await miniflare.dispose();
