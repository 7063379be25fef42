import { runInNewContext } from "node:vm";
import { expect, test } from "@jest/globals";
import { fwht } from "../../lib/index.js";
import { backends, onEachBackend } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { detach, guarded, resizable } from "../support/memory.js";
import { floats, integers } from "../support/random.js";

// The types would keep a caller in TypeScript from most of this.
const call = fwht as unknown as (x: unknown, options?: unknown) => unknown;
const plan = fwht.plan as unknown as (x: unknown, options?: unknown) => unknown;

onEachBackend((backend) => {
  for (const [name, run] of [
    ["fwht", call],
    ["fwht.plan", plan],
  ] as const) {
    test.each([
      [
        "null",
        null,
        /x must be a Float32Array, Float64Array, Int32Array, Uint16Array or Float16Array, got null/,
      ],
      ["undefined", undefined, /got undefined/],
      ["an array", [1, 2, 3, 4], /got an array of length 4; wrap it in Float32Array\.from/],
      ["a DataView", new DataView(new ArrayBuffer(16)), /got an object/],
      ["an ArrayBuffer", new ArrayBuffer(16), /got an object/],
      ["a Uint8Array", new Uint8Array(4), /got a Uint8Array of length 4/],
      ["an Int16Array", new Int16Array(4), /got an Int16Array of length 4/],
      ["a BigInt64Array", new BigInt64Array(4), /got a BigInt64Array of length 4/],
      ["a string", "1234", /got "1234"/],
      ["a number", 4, /got 4/],
      ["something that looks like an array", { length: 4, 0: 1 }, /got an object/],
    ])(`${name} refuses %s`, (_, x, message) => {
      expect(() => run(x, { backend })).toThrow(TypeError);
      expect(() => run(x, { backend })).toThrow(message);
    });

    test(`${name} refuses an array whose memory is gone, and says why`, () => {
      for (const Type of [Float32Array, Float64Array, Int32Array]) {
        expect(() => run(detach(new Type(8)), { backend })).toThrow(/x is detached/);
        expect(() => run(detach(new Type(0)), { backend })).toThrow(/x is detached/);
        const buffer = resizable(128, 128);
        const view = new Type(buffer, 64, 8);
        buffer.resize(64);
        expect(() => run(view, { backend })).toThrow(/x is out of bounds: its buffer was resized/);
      }
      expect(() => run(detach(new Float32Array(8)), { backend })).toThrow(TypeError);
    });

    test(`${name} refuses options that it does not have, and takes null for none`, () => {
      const x = new Float32Array(8);
      expect(() => run(x, { rowlength: 4, backend })).toThrow(TypeError);
      expect(() => run(x, { row_length: 4, backend })).toThrow(
        `${name} has no option "row_length", did you mean "rowLength"? It has rowLength, scale, transpose, ordering, `,
      );
      expect(() => run(x, 8)).toThrow(`options of ${name} must be an object, got 8`);
      expect(() => run(x, [8])).toThrow(`options of ${name} must be an object, got an array of length 1`);
      expect(() => run(x, x)).toThrow(`options of ${name} must be an object, got a Float32Array of length 8`);
      run(x, null);
      run(x, {
        rowLength: null,
        scale: null,
        ordering: null,
        shape: null,
        axes: null,
        type: null,
        backend: null,
      });
    });

    test(`${name} names the nearest lengths, and writes nothing`, () => {
      const x = floats(12, 1);
      const before = x.slice();
      const refuse = (options: object, message: RegExp): void => {
        expect(() => run(x, { ...options, backend })).toThrow(RangeError);
        expect(() => run(x, { ...options, backend })).toThrow(message);
        expectSameBits(x, before, "x after the error");
      };
      const order = /rowLength must be the order of a known Hadamard matrix/;
      refuse({ rowLength: 3 }, order);
      refuse({ rowLength: 3 }, /got 3; the nearest are 2 and 4: pad the rows with zeros/);
      refuse({ rowLength: 90 }, /got 90; the nearest are 88 and 92/);
      refuse({ rowLength: 188 }, /got 188; the nearest are 184 and 192/);
      expect(() => run(x.slice(0, 11), { backend })).toThrow(
        /the length of x must be the order of .*, got 11; the nearest are 8 and 12: pad x with zeros/,
      );
      refuse({ rowLength: 8 }, /x has 12 elements, no whole number of rows of rowLength 8/);
      refuse({ rowLength: 16 }, /x has 12 elements/);
      for (const rowLength of [0, -4, 1.5, Number.NaN, Infinity, 2 ** 25]) {
        refuse({ rowLength }, /rowLength must be an integer from 1 to 16777216, got /);
      }
    });

    test(`${name} refuses scales and orderings it does not have`, () => {
      const refuse = (x: unknown, options: object, type: ErrorConstructor, message: RegExp): void => {
        expect(() => run(x, { ...options, backend })).toThrow(type);
        expect(() => run(x, { ...options, backend })).toThrow(message);
      };
      const x = new Float32Array(4);
      refuse(x, { scale: "half" }, RangeError, /scale must be one of "orthonormal", "inverse", got "half"/);
      refuse(
        x,
        { scale: {} },
        TypeError,
        /scale must be a number, "orthonormal" or "inverse", got an object/,
      );
      refuse(x, { scale: 1n }, TypeError, /got 1/);
      refuse(x, { scale: Number.NaN }, RangeError, /scale must be finite, got NaN/);
      refuse(x, { scale: Infinity }, RangeError, /scale must be finite, got Infinity/);
      refuse(x, { transpose: 1 }, TypeError, /transpose must be true or false, got 1/);
      refuse(x, { transpose: "yes" }, TypeError, /transpose must be true or false, got "yes"/);
      refuse(x, { ordering: "walsh" }, RangeError, /ordering must be one of "natural", "sequency", "dyadic"/);
      refuse(x, { ordering: 1 }, TypeError, /ordering must be one of .*got 1/);
      for (const ordering of ["sequency", "dyadic"]) {
        const message = /ordering "\w+" is for rows of a power of two, got rows of 12; use "natural"/;
        refuse(new Float32Array(12), { ordering }, RangeError, message);
      }
      for (const scale of [2, 0.5, "orthonormal"]) {
        refuse(new Int32Array(4), { scale }, RangeError, /scale of an Int32Array must be 1 or "inverse"/);
      }
    });
  }

  test("an option of the wrong type is a TypeError", () => {
    expect(() => call(new Float32Array(4), { rowLength: "4", backend })).toThrow(
      /rowLength must be a number, got "4"/,
    );
  });

  test("bytes outside a view at any offset stay as they are", () => {
    for (const n of [1, 2, 4, 8, 16, 32, 64, 128, 512, 1024, 4096, 2 ** 14]) {
      for (const offset of [0, 1, 3, 5]) {
        const x = integers(2 * n, n + offset, 2 ** 10);
        for (const Type of [Float32Array, Float64Array, Int32Array]) {
          const expected = fwht(new Type(x), { rowLength: n, backend });
          const { view, check } = guarded(new Type(x), offset);
          fwht(view, { rowLength: n, backend });
          check();
          expectSameBits(view, expected, `${Type.name} of ${n} at offset ${offset}`);
          fwht(view, { rowLength: n, scale: "inverse", backend });
          check();
        }
      }
    }
  });

  test("shared and resizable memory works", () => {
    for (const n of [1, 16, 64, 1024, 2 ** 15]) {
      const x = floats(n, n);
      const expected = fwht(x.slice(), { backend });
      const shared = guarded(x, 1, SharedArrayBuffer);
      expectSameBits(fwht(shared.view, { backend }), expected, `shared ${n}`);
      shared.check();
      const buffer = resizable(4 * n, 8 * n);
      const tracking = new Float32Array(buffer);
      tracking.set(x);
      expectSameBits(fwht(tracking, { backend }), expected, `resizable ${n}`);
      buffer.resize(8 * n);
      expect(tracking.length).toBe(2 * n);
      expect(tracking.subarray(n).every((v) => v === 0)).toBe(true);
    }
  });

  test("a view that its buffer has become too short for is called that", () => {
    const buffer = resizable(256, 256);
    const x = new Float32Array(buffer, 64, 16);
    buffer.resize(100);
    expect(() => fwht(x, { backend })).toThrow(TypeError);
    expect(() => fwht(x, { backend })).toThrow(
      /x is out of bounds: its buffer was resized and ends before it/,
    );
  });

  test("arrays of another realm work, whatever their type", () => {
    for (const type of ["Float32Array", "Float64Array", "Int32Array"]) {
      const foreign = runInNewContext(`${type}.of(1, 2, 3, -7)`) as Float32Array;
      expect([...fwht(foreign, { backend, scale: "inverse" })]).toEqual(
        type === "Int32Array" ? [-1, 2, 1, -3] : [-0.25, 2.25, 1.75, -2.75],
      );
    }
    const single = runInNewContext("Float32Array.of(3, 5)") as Float32Array;
    expectSameBits(
      fwht(single, { backend, scale: 0.1 }),
      fwht(Float32Array.of(3, 5), { backend, scale: 0.1 }),
    );
  });

  test("NaN and infinity stay in their row", () => {
    const rowLength = 64;
    const x = floats(5 * rowLength, 1);
    const clean = fwht(x.slice(), { rowLength, backend });
    x[rowLength + 3] = Number.NaN;
    x[3 * rowLength + 7] = Infinity;
    fwht(x, { rowLength, backend });
    for (const r of [0, 2, 4]) {
      const [from, to] = [r * rowLength, (r + 1) * rowLength];
      expectSameBits(x.subarray(from, to), clean.subarray(from, to), `row ${r}`);
    }
    expect(x.subarray(rowLength, 2 * rowLength).every(Number.isNaN)).toBe(true);
    expect(x.subarray(3 * rowLength, 4 * rowLength).some(Number.isFinite)).toBe(false);
  });
});

test("a backend that is none is refused", () => {
  for (const backend of ["js", {}, 1]) {
    expect(() => call(new Float32Array(4), { backend })).toThrow(
      /backend must be one that createBackend returned, got /,
    );
    expect(() => plan(new Float32Array(4), { backend })).toThrow(TypeError);
  }
  expect(() => call(new Float32Array(4), { backend: backends[0] })).not.toThrow();
});

test("a detached array is refused after many calls with all kinds of arrays too", () => {
  // Node.js 20 compiles `x.length` so that it is no longer 0 for one that is detached, if x was once an array of a resizable buffer.
  detach(new Float32Array(4));
  for (let i = 0; i < 60_000; i++) {
    call(i % 3 === 0 ? new Float32Array(resizable(64, 128), 0, 16) : new Float32Array(16));
    if (i % 1000 === 0) expect(() => call(detach(new Float32Array(16)))).toThrow(/x is detached/);
  }
});
