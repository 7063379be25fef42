import { getEventListeners } from "node:events";
import { expect, test } from "@jest/globals";
import { onEachBackend } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { createHead } from "../support/heads.js";
import { detach, resizable } from "../support/memory.js";
import { floats } from "../support/random.js";

/** Enough work for several slices or a while on a thread. */
const LARGE = { features: 512, classes: 1000 };
const ROWS = 64;

onEachBackend((backend) => {
  test("the bits of forward", async () => {
    for (const [features, classes, rows] of [
      [1, 1, 1],
      [5, 16, 3],
      [64, 10, 100],
      [512, 1000, 1],
      [512, 1000, 64],
      [2000, 1000, 9],
      [1, 2, 5000],
    ] as const) {
      const head = createHead({ features, classes }, backend);
      const x = floats(rows * features, rows, "rare special");
      expectSameBits(await head.forwardAsync(x), head.forward(x));
    }
  });

  test("other events run before it is done", async () => {
    const head = createHead(LARGE, backend);
    const x = floats(ROWS * LARGE.features, 1);
    let others = 0;
    const tick = (): void => {
      others++;
      timer = setImmediate(tick);
    };
    let timer = setImmediate(tick);
    try {
      await head.forwardAsync(x);
    } finally {
      clearImmediate(timer);
    }
    expect(others).toBeGreaterThan(0);
  });

  test("many calls at once", async () => {
    const head = createHead({ features: 64, classes: 100 }, backend);
    const inputs = Array.from({ length: 40 }, (_, i) => floats(64 * (1 + (i % 7)), i));
    const expected = inputs.map((x) => head.forward(x));
    const got = await Promise.all(inputs.map((x) => head.forwardAsync(x)));
    got.forEach((logits, i) => {
      expectSameBits(logits, expected[i] as Float32Array, `call ${i}`);
    });
  });

  test("works on x, scale and bias as they were when it was called", async () => {
    const head = createHead(LARGE, backend);
    const x = floats(ROWS * LARGE.features, 1);
    const expected = head.forward(x);
    const promise = head.forwardAsync(x);
    x.fill(Number.NaN);
    head.scale = 0;
    head.bias?.fill(5);
    expectSameBits(await promise, expected);
  });

  test("x may be detached or resized during the call", async () => {
    const head = createHead(LARGE, backend);
    const x = floats(ROWS * LARGE.features, 1);
    const expected = head.forward(x);
    const promise = head.forwardAsync(x);
    detach(x);
    expectSameBits(await promise, expected);

    const buffer = resizable(expected.byteLength, expected.byteLength);
    const tracking = new Float32Array(buffer, 0, 4 * LARGE.features);
    tracking.set(floats(4 * LARGE.features, 2));
    const second = head.forward(tracking);
    const resized = head.forwardAsync(tracking);
    buffer.resize(0);
    expectSameBits(await resized, second);
  });

  test("writes to the start of out, once the work is done", async () => {
    const head = createHead(LARGE, backend);
    const x = floats(ROWS * LARGE.features, 1);
    const out = new Float32Array(ROWS * LARGE.classes + 5).fill(3);
    const promise = head.forwardAsync(x, { out });
    expect(out.every((v) => v === 3)).toBe(true);
    const logits = await promise;
    expect(logits.buffer).toBe(out.buffer);
    expectSameBits(logits, head.forward(x));
    expect([...out.subarray(ROWS * LARGE.classes)]).toEqual([3, 3, 3, 3, 3]);
  });

  test("an out that is detached or shrunk during the call rejects the promise", async () => {
    const head = createHead({ features: 64, classes: 100 }, backend);
    const x = floats(10 * 64, 1);
    const out = new Float32Array(1000);
    const promise = head.forwardAsync(x, { out });
    detach(out);
    await expect(promise).rejects.toThrow(/out is detached/);

    const buffer = resizable(4000, 4000);
    const shrunk = head.forwardAsync(x, { out: new Float32Array(buffer) });
    buffer.resize(400);
    await expect(shrunk).rejects.toThrow(/out has 100 elements, 1000 are needed/);
  });

  test("a signal that is aborted already rejects with its reason", async () => {
    const head = createHead({ features: 8, classes: 4 }, backend);
    const out = new Float32Array(4).fill(7);
    const reason = new Error("no longer wanted");
    const call = head.forwardAsync(floats(8, 1), { out, signal: AbortSignal.abort(reason) });
    await expect(call).rejects.toBe(reason);
    const plain = head.forwardAsync(floats(8, 1), { signal: AbortSignal.abort() });
    await expect(plain).rejects.toMatchObject({ name: "AbortError" });
    expect([...out]).toEqual([7, 7, 7, 7]);
  });

  test("aborting during the call rejects with the reason and leaves out alone", async () => {
    const head = createHead(LARGE, backend);
    const x = floats(ROWS * LARGE.features, 1);
    const expected = head.forward(x);
    for (const later of [
      (abort: () => void) => abort(),
      (abort: () => void) => queueMicrotask(abort),
      (abort: () => void) => process.nextTick(abort),
    ]) {
      const controller = new AbortController();
      const out = new Float32Array(ROWS * LARGE.classes).fill(7);
      const call = head.forwardAsync(x, { out, signal: controller.signal });
      later(() => controller.abort("stop"));
      await expect(call).rejects.toBe("stop");
      expect(out.every((v) => v === 7)).toBe(true);
    }
    // Nothing of the aborted calls is left behind.
    expectSameBits(await head.forwardAsync(x), expected);
  });

  test("aborting at any moment gives the result or the reason, never anything else", async () => {
    const head = createHead(LARGE, backend);
    const x = floats(ROWS * LARGE.features, 1);
    const expected = head.forward(x);
    for (const delay of [0, 1, 2, 4, 8]) {
      const controller = new AbortController();
      setTimeout(() => controller.abort("stop"), delay);
      try {
        expectSameBits(await head.forwardAsync(x, { signal: controller.signal }), expected);
      } catch (reason) {
        expect(reason).toBe("stop");
      }
    }
  });

  test("one signal for many calls has one listener, aborts all, and has none afterwards", async () => {
    const head = createHead(LARGE, backend);
    const x = floats(ROWS * LARGE.features, 1);
    const controller = new AbortController();
    const { signal } = controller;
    const listeners = (): number => getEventListeners(signal, "abort").length;

    const small = createHead({ features: 8, classes: 4 }, backend);
    const done = Array.from({ length: 20 }, () => small.forwardAsync(floats(8, 1), { signal }));
    expect(listeners()).toBeLessThanOrEqual(1);
    await Promise.all(done);
    expect(listeners()).toBe(0);

    const calls = Array.from({ length: 50 }, () => head.forwardAsync(x, { signal }));
    expect(listeners()).toBeLessThanOrEqual(1);
    controller.abort("stop");
    for (const { status, ...rest } of await Promise.allSettled(calls)) {
      expect({ status, ...rest }).toEqual({ status: "rejected", reason: "stop" });
    }
    expect(listeners()).toBe(0);
  });

  test("aborting afterwards is harmless", async () => {
    const head = createHead({ features: 8, classes: 4 }, backend);
    const controller = new AbortController();
    const x = floats(8, 1);
    const logits = await head.forwardAsync(x, { signal: controller.signal });
    controller.abort();
    await new Promise((resolve) => setImmediate(resolve));
    expectSameBits(logits, head.forward(x));
  });

  test("wrong arguments reject", async () => {
    const head = createHead({ features: 8, classes: 4 }, backend);
    const call = (x: unknown, options?: unknown) => head.forwardAsync(x as never, options as never);
    await expect(call(new Float64Array(8))).rejects.toThrow(TypeError);
    await expect(call(new Float32Array(7))).rejects.toThrow(RangeError);
    await expect(call(detach(new Float32Array(8)))).rejects.toThrow(/x is detached/);
    await expect(call(new Float32Array(8), { out: new Float32Array(3) })).rejects.toThrow(
      /out has 3 elements, 4/,
    );
    const x = new Float32Array(16);
    await expect(call(x.subarray(0, 8), { out: x.subarray(6) })).rejects.toThrow(/out overlaps an input/);
    await expect(call(x, { out: new Float64Array(8) })).rejects.toThrow(TypeError);
    for (const signal of [{}, "abort", 1]) {
      await expect(call(x, { signal })).rejects.toThrow(/signal must be an AbortSignal, got /);
    }
  });
});
