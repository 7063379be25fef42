import { expect, test } from "vitest";
import { PIXELS, SIDE } from "../../src/data/fashion-mnist.js";
import { boxOf, fillOutlines, prepare } from "../../src/drawing/prepare.js";

/** An image from what is at each place. */
const image = (value: (x: number, y: number) => number): Float32Array =>
  Float32Array.from({ length: PIXELS }, (_, at) => value(at % SIDE, Math.floor(at / SIDE)));

const within = (x: number, y: number, left: number, top: number, width: number, height: number): boolean =>
  x >= left && x < left + width && y >= top && y < top + height;

const square = image((x, y) => (within(x, y, 4, 6, 10, 5) ? 0.8 : 0));
/** The outline of a square: one pixel wide, around 4 × 4. */
const outline = image((x, y) =>
  within(x, y, 5, 5, 6, 6) && !within(x, y, 6, 6, 4, 4) ? (y === 5 ? 1 : 0.5) : 0,
);

test("the box of the ink", () => {
  expect(boxOf(square)).toEqual({ left: 4, top: 6, width: 10, height: 5 });
  expect(boxOf(new Float32Array(PIXELS))).toBeNull();
  expect(boxOf(new Float32Array(PIXELS).fill(0.05))).toBeNull();
});

test("what an outline encloses gets the mean of its ink, and nothing else changes", () => {
  const filled = fillOutlines(outline);
  const mean = (6 * 1 + 14 * 0.5) / 20;
  filled.forEach((value, at) => {
    const inside = within(at % SIDE, Math.floor(at / SIDE), 6, 6, 4, 4);
    expect(value).toBeCloseTo(inside ? mean : (outline[at] as number), 6);
  });
});

test("an outline with a gap encloses nothing", () => {
  const open = outline.slice();
  open[8 * SIDE + 5] = 0;
  expect(fillOutlines(open)).toEqual(open);
});

test("an empty drawing and one that reaches from edge to edge stay as they are", () => {
  const empty = new Float32Array(PIXELS);
  expect(prepare(empty, { fill: true })).toEqual(empty);
  const wide = image((x, y) => (within(x, y, 0, 9, 27, 4) ? 0.3 + x / 100 : 0));
  expect(prepare(wide, { fill: true })).toEqual(wide);
});

test("a small drawing fills the frame, in its proportions and in the middle", () => {
  const large = prepare(square, { fill: false });
  // Half as high as wide, and a pixel of blur at the edges.
  expect(boxOf(large)).toEqual({ left: 0, top: 6, width: 28, height: 16 });
  expect(large[14 * SIDE + 14]).toBeCloseTo(0.8, 6);
  // No place makes a difference.
  const moved = image((x, y) => (within(x, y, 15, 20, 10, 5) ? 0.8 : 0));
  expect(prepare(moved, { fill: false })).toEqual(large);
});

test("a dot is enlarged without a value beyond its own", () => {
  const dot = image((x, y) => (x === 0 && y === 27 ? 1 : 0));
  const large = prepare(dot, { fill: true });
  expect(Math.max(...large)).toBeLessThanOrEqual(1);
  expect(large[14 * SIDE + 14]).toBeGreaterThan(0.9);
});
