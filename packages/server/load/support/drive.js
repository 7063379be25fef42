import { HttpConnection } from "./http-connection.js";
import { Latencies } from "./latencies.js";

/** Keeps one request under way on every connection for so many seconds: how many the server can answer. */
export async function full(port, request, answer, { connections, seconds }) {
  const open = Array.from({ length: connections }, () => new HttpConnection(port, answer));
  const latencies = new Latencies();
  const start = performance.now();
  const end = start + seconds * 1000;
  await Promise.all(
    open.map(
      (connection) =>
        new Promise((resolve, reject) => {
          const next = () => {
            const sent = performance.now();
            if (sent >= end) return resolve();
            connection.send(request, (problem) => {
              if (problem !== undefined) return reject(new Error(problem));
              latencies.add(performance.now() - sent);
              next();
            });
          };
          next();
        }),
    ),
  );
  const elapsed = (performance.now() - start) / 1000;
  for (const connection of open) connection.close();
  return { latencies, rate: latencies.count / elapsed };
}

/**
 * Sends so many requests a second, whatever becomes of those before, and counts from when each was due: a server that stands still makes
 * all of them late that should have come meanwhile.
 */
export async function steady(port, request, answer, { connections, seconds, rate }) {
  const free = Array.from({ length: connections }, () => new HttpConnection(port, answer));
  const all = [...free];
  const waiting = [];
  const latencies = new Latencies();
  const total = Math.floor(rate * seconds);
  const start = performance.now();
  let due = 0;
  await new Promise((resolve, reject) => {
    const send = (connection, at) => {
      connection.send(request, (problem) => {
        if (problem !== undefined) return reject(new Error(problem));
        latencies.add(performance.now() - at);
        if (latencies.count === total) return resolve();
        if (waiting.length > 0) send(connection, waiting.shift());
        else free.push(connection);
      });
    };
    const tick = () => {
      const now = performance.now();
      for (; due < total && start + (due * 1000) / rate <= now; due++) {
        const at = start + (due * 1000) / rate;
        if (free.length > 0) send(free.pop(), at);
        else waiting.push(at);
      }
      if (due < total) setTimeout(tick, 1);
    };
    tick();
  });
  for (const connection of all) connection.close();
  return { latencies, rate: total / ((performance.now() - start) / 1000) };
}
