import { expect, test } from "@jest/globals";
import { fwht } from "../../lib/index.js";
import { onEachBackend } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { detach, guarded, resizable } from "../support/memory.js";
import { integers } from "../support/random.js";

onEachBackend((backend) => {
  test("a plan does what the transform does, every time it is called", () => {
    for (const n of [1, 2, 16, 32, 64, 256, 4096, 2 ** 15]) {
      for (const Type of [Float32Array, Float64Array, Int32Array]) {
        for (const scale of [1, "inverse"] as const) {
          const x = new Type(integers(3 * n, n, 2 ** 12));
          const expected = x.slice();
          const transform = fwht.plan(x, { rowLength: n, scale, backend });
          for (let i = 0; i < 3; i++) {
            transform();
            expectSameBits(x, fwht(expected, { rowLength: n, scale, backend }), `${Type.name} ${n}`);
          }
          x.set(expected.fill(7));
          transform();
          expectSameBits(x, fwht(expected, { rowLength: n, scale, backend }), "new content");
        }
      }
    }
  });

  test("it stays within its array", () => {
    for (const n of [1, 2, 8, 64, 1024]) {
      const { view, check } = guarded(new Float32Array(integers(3 * n, n, 8)), 3);
      fwht.plan(view, { rowLength: n, backend })();
      check();
    }
  });

  test("it throws once its array is detached, and the process lives", () => {
    for (const n of [1, 16, 64, 4096]) {
      const x = new Float32Array(n).fill(1);
      const transform = fwht.plan(x, { backend });
      transform();
      detach(x);
      for (let i = 0; i < 3; i++) {
        expect(transform).toThrow(new RegExp(`detached or resized .*its length was ${n}, is 0`));
      }
    }
  });

  test("a property named length does not hide that its array is detached", () => {
    const x = new Float32Array(64);
    const transform = fwht.plan(x, { backend });
    Object.defineProperty(x, "length", { value: 64 });
    detach(x);
    expect(transform).toThrow(/its length was 64, is 0/);
  });

  test("it throws once its array does not fit a resized buffer any more", () => {
    const buffer = resizable(1024, 4096);
    const fixed = new Float32Array(buffer, 0, 256);
    const tracking = new Float32Array(buffer);
    const runFixed = fwht.plan(fixed, { backend });
    const runTracking = fwht.plan(tracking, { backend });
    runFixed();
    runTracking();
    buffer.resize(512);
    expect(runFixed).toThrow(/its length was 256, is 0/);
    expect(runTracking).toThrow(/its length was 256, is 128/);
    buffer.resize(4096);
    expect(runTracking).toThrow(/is 1024/);
    fixed.fill(1);
    runFixed();
    expect(fixed[0]).toBe(256);
    expect(tracking[256]).toBe(0);
  });

  test("many plans live side by side", () => {
    const arrays = Array.from({ length: 300 }, (_, i) => new Float32Array(64).fill(i));
    const plans = arrays.map((x) => fwht.plan(x, { backend }));
    for (const run of plans) run();
    arrays.forEach((x, i) => {
      expect(x[0]).toBe(64 * i);
    });
  });
});
