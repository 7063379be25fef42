/** Rotations of every backend and instruction set against plain TypeScript, bit by bit. */

import { test } from "@jest/globals";
import fc from "fast-check";
import { rotation } from "../../lib/index.js";
import { label, others, reference } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { guarded } from "../support/memory.js";
import { floats, KINDS, type Kind } from "../support/random.js";

interface Input {
  length: number;
  rounds: number;
  rows: number;
  kind: Kind;
  offset: number;
  seed: number;
  shared?: boolean;
}

function compare({ length, rounds, rows, kind, offset, seed, shared = false }: Input): void {
  const x = floats(rows * length, seed, kind);
  const plain = rotation({ length, rounds, seed, backend: reference });
  const rotated = plain.apply(x.slice());
  const back = plain.invert(x.slice());
  for (const backend of others) {
    const { view, check } = guarded(x, offset, shared ? SharedArrayBuffer : ArrayBuffer);
    const r = rotation({ length, rounds, seed, backend });
    const what = `${label(backend)}, ${rows} × ${length}, ${rounds} rounds`;
    for (const [run, expected] of [
      [() => r.apply(view), rotated],
      [() => r.invert(view), back],
      [r.plan(view), rotated],
      [r.plan(view, { inverse: true }), back],
    ] as const) {
      view.set(x);
      run();
      check();
      expectSameBits(view, expected, what);
    }
  }
}

test("any length, offset, number of rounds and values", () => {
  const input = fc.record({
    length: fc.oneof(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 9000 })),
    rounds: fc.integer({ min: 1, max: 3 }),
    rows: fc.integer({ min: 1, max: 40 }),
    kind: fc.constantFrom(...KINDS),
    offset: fc.integer({ min: 0, max: 17 }),
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    shared: fc.boolean(),
  });
  fc.assert(
    fc.property(input, (each) => {
      compare({ ...each, rows: Math.min(each.rows, Math.ceil(8192 / each.length)) });
    }),
    { numRuns: 120, interruptAfterTimeLimit: 5000 },
  );
});

test("every length up to 150", () => {
  for (let length = 1; length <= 150; length++) {
    compare({ length, rounds: 1 + (length % 2), rows: 2, kind: "mixed", offset: 1, seed: length });
  }
});

// Rows longer than the slices of wasm go another way there.
test.each([11_008, 2 ** 18, 2 ** 18 + 1, 2 ** 19, 300_001, 12 * 2 ** 15, 92 * 2 ** 13])(
  "a row of %i",
  (length) => {
    compare({ length, rounds: 1, rows: 1, kind: "normal", offset: 3, seed: length });
  },
);

test("backends by turns with other work in between", () => {
  const lengths = [64, 100, 768, 1000];
  for (const backend of others) {
    const rotations = lengths.map((length) => rotation({ length, backend }));
    for (let i = 0; i < 8; i++) {
      const length = lengths[(i * 3) % 4] as number;
      const x = floats(2 * length, i);
      const expected = rotation({ length, backend: reference }).apply(x.slice());
      expectSameBits((rotations[(i * 3) % 4] as (typeof rotations)[0]).apply(x), expected, label(backend));
    }
  }
});
