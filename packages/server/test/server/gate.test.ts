import { expect, test } from "vitest";
import { ServerGate } from "../../src/server/gate.js";

const LIMITS = { bytesInFlight: 100, requestsInFlight: 2, eventLoopLagMilliseconds: 100 };
const refused = (message: RegExp) =>
  expect.objectContaining({ failure: "exhausted", retryAfter: 1, message: expect.stringMatching(message) });

test("bytes and requests are bounded, and free again when they leave", () => {
  const gate = new ServerGate(LIMITS, () => {});
  gate.enter(60);
  expect(() => gate.enter(41)).toThrow(refused(/requests of 60 bytes are being answered/));
  gate.enter(0);
  gate.grow(40);
  expect(() => gate.grow(1)).toThrow(refused(/100 bytes/));
  expect(() => gate.enter(0)).toThrow(refused(/2 requests are being answered/));
  expect([gate.bytes, gate.requests]).toEqual([100, 2]);
  gate.leave(40);
  gate.leave(60);
  expect([gate.bytes, gate.requests]).toEqual([0, 0]);
  gate.enter(100);
  gate.close();
});

test("while the event loop is behind nobody enters, and then again", async () => {
  const gate = new ServerGate(LIMITS, () => {});
  const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));
  await pause(20);
  const block = () => {
    for (const start = performance.now(); performance.now() - start < 400; );
  };
  for (let i = 0; i < 3 && gate.lagMilliseconds <= 100; i++) {
    block();
    await pause(1);
  }
  expect(() => gate.enter(1)).toThrow(refused(/the server is \d+ ms behind/));
  expect([gate.bytes, gate.requests]).toEqual([0, 0]);
  for (let i = 0; i < 20 && gate.lagMilliseconds > 100; i++) await pause(100);
  gate.enter(1);
  gate.close();
});
