import { expect, test, vi } from "vitest";
import { Client } from "../../src/worker/client.js";

function setUp() {
  const workers: { postMessage: ReturnType<typeof vi.fn>; terminate: ReturnType<typeof vi.fn> }[] = [];
  const create = (): Worker => {
    const worker = { postMessage: vi.fn(), terminate: vi.fn() };
    workers.push(worker);
    return worker as unknown as Worker;
  };
  const onReply = vi.fn();
  const onFailure = vi.fn();
  return { client: new Client<string, string>(create, onReply, onFailure), workers, onReply, onFailure };
}

test("one worker is started by the first request and kept", () => {
  const { client, workers, onReply } = setUp();
  expect(workers).toHaveLength(0);
  client.send("one");
  client.send("two");
  expect(workers).toHaveLength(1);
  expect(workers[0]?.postMessage.mock.calls).toEqual([["one"], ["two"]]);
  (workers[0] as unknown as Worker).onmessage?.({ data: "reply" } as MessageEvent);
  expect(onReply).toHaveBeenCalledWith("reply");
});

test.each([
  ["", "the program could not be loaded: is there a connection?"],
  ["out of memory", "out of memory"],
])("one that dies with message %j is told of, and the next request starts another", (message, told) => {
  const { client, workers, onFailure } = setUp();
  client.send("one");
  const event = { message, preventDefault: vi.fn() };
  (workers[0] as unknown as Worker).onerror?.(event as unknown as ErrorEvent);
  expect(onFailure).toHaveBeenCalledWith(told);
  expect(workers[0]?.terminate).toHaveBeenCalled();
  client.send("two");
  expect(workers[1]?.postMessage).toHaveBeenCalledWith("two");
});
