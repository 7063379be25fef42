/** The parts of the Worker in Node: what does not happen with the files that it has. */
import { afterEach, expect, test, vi } from "vitest";
import { createApp } from "../src/app.js";
import { Model } from "../src/model.js";
import { fileOf, names } from "./support/model.js";

const file = new Uint8Array(fileOf("model/head.safetensors")).buffer;

afterEach(() => vi.restoreAllMocks());

test("as many names as classes", () => {
  expect(new Model(file, names).names).toEqual(names);
  expect(() => new Model(file, names.slice(1))).toThrow(
    new RangeError("model/classes.json has 9 names, and the head 10 classes: give each class a name"),
  );
});

test("a damaged file stops the start", () => {
  expect(() => new Model(file.slice(0, 100), names)).toThrow(RangeError);
});

test.each(["/health", "/classify"])(
  "a failure within is told to the log, and not to who asks %s",
  async (path) => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const model = new Model(file, names);
    const failure = new RangeError("the wasm backend cannot get 64 MiB of memory");
    vi.spyOn(model, "classify").mockImplementation(() => {
      throw failure;
    });
    const init =
      path === "/classify"
        ? { method: "POST", headers: { "Content-Type": "application/json" }, body: '{ "features": [] }' }
        : {};
    const response = await createApp(model).request(path, init);
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({
      type: "about:blank",
      title: "Internal Server Error",
      status: 500,
      code: "internal",
      detail: "the server failed: its log has the reason",
    });
    expect(logged).toHaveBeenCalledExactlyOnceWith(failure);
  },
);

test("who goes away in the middle of a body leaves no line in the log", async () => {
  const logged = vi.spyOn(console, "error").mockImplementation(() => {});
  const body = new ReadableStream({
    pull(controller) {
      controller.error(new Error("Network connection lost."));
    },
  });
  const headers = { "Content-Type": "application/json" };
  const init = { method: "POST", headers, body, duplex: "half" } as RequestInit;
  const response = await createApp(new Model(file, names)).request("/classify", init);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    code: "body-incomplete",
    detail: "the body did not arrive to its end: send it again",
  });
  expect(logged).not.toHaveBeenCalled();
});
