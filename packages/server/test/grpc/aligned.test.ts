import { expect, test } from "vitest";
import { aligned, keepAligned } from "../../src/grpc/aligned.js";

/** An input of so many bytes, `odd` behind a multiple of eight. */
function inputOf(length: number, odd: number, value = 1) {
  const contents = new Uint8Array(length + 8).subarray(odd, odd + length).fill(value);
  return { name: "x", datatype: "INT8", shape: [length], contents };
}

const bytesOf = ({ contents }: { contents: unknown }) => contents as Uint8Array;

test("what lies aligned, is no bytes, or is large stays where it is", () => {
  const inputs = [inputOf(16, 0), inputOf(70_000, 1), { ...inputOf(2, 1), contents: [1, 2] }];
  expect(aligned(inputs).map(({ contents }) => contents)).toEqual(inputs.map(({ contents }) => contents));
  aligned(inputs).forEach((input, i) => {
    expect(input).toBe(inputs[i]);
  });
});

test("inputs of one request do not overlap, and begin at multiples of eight", () => {
  const inputs = [inputOf(9, 1, 1), inputOf(60_000, 3, 2), inputOf(60_001, 5, 3), inputOf(8, 7, 4)];
  const moved = aligned(inputs);
  moved.forEach((input, i) => {
    expect(bytesOf(input).byteOffset % 8).toBe(0);
    expect(Buffer.compare(bytesOf(input), inputs[i].contents)).toBe(0);
  });
});

test("what is kept is not written over, what is not kept is", () => {
  const [kept] = aligned([inputOf(20_000, 1, 1)]);
  for (let i = 0; i < 10; i++) {
    keepAligned();
    const [next] = aligned([inputOf(20_000, 1, 2 + i)]);
    expect(bytesOf(next).every((byte) => byte === 2 + i)).toBe(true);
  }
  expect(bytesOf(kept).every((byte) => byte === 1)).toBe(true);
  const [lent] = aligned([inputOf(16, 1, 20)]);
  aligned([inputOf(16, 1, 21)]);
  expect([...bytesOf(lent)]).toEqual(Array(16).fill(21));
});
