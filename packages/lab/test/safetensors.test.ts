import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeTensors, encodeTensors } from "../src/safetensors.js";

test("what is written is read, bit for bit", () => {
  const array = fc.array(fc.float(), { maxLength: 20 });
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.string({ minLength: 1 }).filter((name) => !name.startsWith("__")),
        array,
      ),
      (given) => {
        const arrays = new Map(
          Object.entries(given).map(([name, values]) => [
            name,
            { shape: [values.length], value: Float32Array.from(values) },
          ]),
        );
        const read = decodeTensors(encodeTensors({ arrays, metadata: { kind: "a", about: "é" } }), "file");
        expect(read.metadata).toEqual({ kind: "a", about: "é" });
        expect([...read.arrays]).toEqual([...arrays]);
      },
    ),
  );
});

test("any file cut short, and any header that lies, is told of with its name", () => {
  const arrays = new Map([["w", { shape: [2, 3], value: new Float32Array(6).fill(1) }]]);
  const bytes = encodeTensors({ arrays, metadata: {} });
  for (let length = 0; length < bytes.length; length++) {
    expect(() => decodeTensors(bytes.subarray(0, length), "model.safetensors")).toThrow(
      /^model\.safetensors is no file/,
    );
  }
  const text = Buffer.from(bytes).toString("latin1");
  for (const [from, to] of [
    ["F32", "F16"],
    ["[2,3]", "[2,4]"],
    ["[0,24]", "[0,20]"],
    ["[0,24]", "[9,33]"],
  ]) {
    expect(() => decodeTensors(Buffer.from(text.replace(from, to), "latin1"), "m")).toThrow(/^m is no file/);
  }
});
