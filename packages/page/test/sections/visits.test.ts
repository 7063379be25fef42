import { afterEach, expect, test, vi } from "vitest";
import { recall, remember } from "../../src/sections/visits.js";
import type { Result } from "../../src/worker/messages.js";

const result: Result = {
  accuracy: { fixed: 0.867 },
  testImages: 1000,
  parameters: { fixed: 11 },
  epochs: 6,
  seconds: 12,
  stopped: false,
};

function storage(start: string | null) {
  let text = start;
  vi.stubGlobal("localStorage", {
    getItem: () => text,
    setItem: (_: string, value: string) => {
      text = value;
    },
  });
}

afterEach(() => vi.unstubAllGlobals());

test("a result is there at the next visit", () => {
  storage(null);
  expect(recall()).toBeNull();
  expect(remember(result)).toBeNull();
  expect(recall()).toEqual(result);
});

test.each(["", "{", "7", '{"accuracy":{}}', JSON.stringify({ ...result, testImages: "1000" })])(
  "what another page has left is no result: %s",
  (text) => {
    storage(text);
    expect(recall()).toBeNull();
  },
);

test("a browser that forbids storage says why", () => {
  vi.stubGlobal("localStorage", {
    getItem: () => {
      throw new Error("denied");
    },
    setItem: () => {
      throw new Error("denied");
    },
  });
  expect(recall()).toBeNull();
  expect(remember(result)).toBe("denied");
});
