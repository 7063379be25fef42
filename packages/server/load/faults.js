// What becomes of requests when the server is told to end, loses threads, or changes its model under load: none may be lost, none wrong.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { FixedClassifier } from "fixed-classifier";
import { startChild } from "./support/child.js";
import { Crowd, requestOf } from "./support/crowd.js";
import { CLASSES, FEATURES, rowsOf } from "./support/requests.js";
import { startServer } from "./support/server.js";

const SIZES = [1, 1, 1, 16, 64];
const bytesOf = (numbers) => Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);

export async function run(args) {
  const { values } = parseArgs({
    args,
    options: { seconds: { type: "string", default: "10" }, clients: { type: "string", default: "8" } },
  });
  const settings = { seconds: Number(values.seconds), clients: Number(values.clients) };
  const table = [["what happens under load", "how often", "answered", "lost", "wrong"]];
  let failures = 0;
  for (const fault of [terminated, killed, swapped]) {
    const { what, times, crowd } = await fault(settings);
    table.push([what, times, crowd.answered, crowd.lost, crowd.wrong].map(String));
    failures += crowd.lost + crowd.wrong + (crowd.answered === 0 ? 1 : 0);
    for (const [reason, count] of crowd.reasons) console.error(`${what}: ${count} × ${reason}`);
  }
  print(table);
  if (failures > 0) process.exitCode = 1;
}

/** Requests of several sizes in turn, and the logits that each head gives for them. */
function material(heads) {
  const requests = SIZES.map((size) => requestOf(rowsOf(size)));
  const answers = heads.map(
    (head) => new Map(requests.map(({ rows }) => [rows, bytesOf(head.forward(rows))])),
  );
  let next = 0;
  return { asked: () => requests[next++ % requests.length], answers };
}

/** SIGTERM again and again: clients go on until they see that the server is not ready, as a load balancer looks every second. */
async function terminated({ seconds, clients }) {
  const total = { answered: 0, lost: 0, wrong: 0, reasons: new Map() };
  const times = Math.max(1, Math.round(seconds / 5));
  for (let i = 0; i < times; i++) {
    const server = await startServer({ features: FEATURES, classes: CLASSES, args: ["--drain", "2"] });
    const { asked, answers } = material([server.head]);
    const crowd = new Crowd(server.ports.rest, clients, asked, (x, logits) =>
      logits.equals(answers[0].get(x)),
    );
    await sleep(1000);
    const stopped = server.stop();
    await sleep(1000);
    await crowd.end();
    const status = await stopped;
    if (status !== 0) crowd.reasons.set(`the server ended with ${status}`, 1);
    for (const key of ["answered", "lost", "wrong"]) total[key] += crowd[key];
    for (const reason of crowd.reasons) total.reasons.set(...reason);
    if (status !== 0) total.lost++;
  }
  return { what: "SIGTERM, drained for 2 s", times, crowd: total };
}

/** Every request goes to a thread, and one of the two is killed four times a second. */
async function killed({ seconds, clients }) {
  const { folder, path, heads } = folderWith(1);
  const server = await startChild("./mortal-server.js", [path, "2"]);
  const { asked, answers } = material(heads);
  const crowd = new Crowd(server.port, clients, asked, (x, logits) => logits.equals(answers[0].get(x)));
  let times = 0;
  for (const end = performance.now() + seconds * 1000; performance.now() < end; times++) {
    await sleep(250);
    process.kill(server.pid, "SIGUSR2");
  }
  await crowd.end();
  await server.stop();
  rmSync(folder, { recursive: true });
  return { what: "a thread is killed", times, crowd };
}

/** Two heads take each other's place; what is asked for after a load has been answered must be the new one's. */
async function swapped({ seconds, clients }) {
  const { folder, path, heads } = folderWith(2);
  const server = await startChild("./mortal-server.js", [path, "1"]);
  const { asked, answers } = material(heads);
  // Which head there was from when on; a request that is under way at a swap may be answered by either.
  let current = 0;
  let since = 0;
  let isChanging = false;
  const isRight = (x, logits, sent) => {
    if (logits.equals(answers[current].get(x))) return true;
    return (isChanging || sent < since) && logits.equals(answers[1 - current].get(x));
  };
  const crowd = new Crowd(server.port, clients, asked, isRight);
  let times = 0;
  for (const end = performance.now() + seconds * 1000; performance.now() < end; times++) {
    await sleep(50);
    writeFileSync(`${path}.part`, heads[1 - current].toSafetensors());
    renameSync(`${path}.part`, path);
    isChanging = true;
    const url = `http://127.0.0.1:${server.port}/v2/repository/models/head/load`;
    const { status } = await fetch(url, { method: "POST" });
    if (status !== 200) throw new Error(`a load was answered with ${status}`);
    since = performance.now();
    current = 1 - current;
    isChanging = false;
  }
  await crowd.end();
  await server.stop();
  rmSync(folder, { recursive: true });
  return { what: "another model is swapped in", times, crowd };
}

/** Heads that differ in their scale, the first of them in a file. */
function folderWith(count) {
  const folder = mkdtempSync(join(tmpdir(), "fixed-classifier-faults-"));
  const path = join(folder, "head.safetensors");
  const heads = Array.from(
    { length: count },
    (_, i) => new FixedClassifier({ features: FEATURES, classes: CLASSES, scale: 10 + i }),
  );
  writeFileSync(path, heads[0].toSafetensors());
  return { folder, path, heads };
}

function print([head, ...rows]) {
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i].length)));
  const line = (row) => `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`;
  console.log(line(head));
  console.log(`| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`);
  for (const row of rows) console.log(line(row));
}
