// From a drawing to an image such as those of Fashion-MNIST: outlines filled, as large as the frame allows, in its middle.
import { PIXELS, SIDE } from "../data/fashion-mnist.js";

/** What is darker than this is background. */
const INK = 0.1;
/** The images of the data set reach from edge to edge; what does so needs no scaling. */
const FULL = SIDE - 1;

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** An image as the network wants it. @param image pixels from 0 to 1, row by row */
export function prepare(image: Float32Array, { fill }: { fill: boolean }): Float32Array {
  const filled = fill ? fillOutlines(image) : image;
  const box = boxOf(filled);
  if (box === null || Math.max(box.width, box.height) >= FULL) return filled;
  return enlarge(filled, box);
}

/** Where there is ink; null for an empty image. */
export function boxOf(image: Float32Array): Box | null {
  let left = SIDE;
  let top = SIDE;
  let right = -1;
  let bottom = -1;
  image.forEach((value, at) => {
    if (value <= INK) return;
    const x = at % SIDE;
    const y = (at - x) / SIDE;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  });
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** Gives what is enclosed by ink the mean of the ink: the images are of clothes, not of their outlines. */
export function fillOutlines(image: Float32Array): Float32Array {
  const outside = outsideOf(image);
  const ink = image.filter((value) => value > INK);
  const mean = ink.reduce((sum, value) => sum + value, 0) / ink.length;
  return image.map((value, at) => (value > INK || outside[at] === 1 ? value : mean));
}

/** Which background is joined to the edge. */
function outsideOf(image: Float32Array): Uint8Array {
  const outside = new Uint8Array(PIXELS);
  const open: number[] = [];
  const visit = (x: number, y: number): void => {
    const at = y * SIDE + x;
    if (x < 0 || y < 0 || x >= SIDE || y >= SIDE || outside[at] === 1 || (image[at] as number) > INK) return;
    outside[at] = 1;
    open.push(at);
  };
  for (let i = 0; i < SIDE; i++) {
    visit(i, 0);
    visit(i, SIDE - 1);
    visit(0, i);
    visit(SIDE - 1, i);
  }
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const x = at % SIDE;
    const y = (at - x) / SIDE;
    visit(x - 1, y);
    visit(x + 1, y);
    visit(x, y - 1);
    visit(x, y + 1);
  }
  return outside;
}

/** Scales a box to the frame, keeping its proportions, by bilinear interpolation. */
function enlarge(image: Float32Array, { left, top, width, height }: Box): Float32Array {
  const scale = Math.max(width, height) / SIDE;
  const centreX = left + width / 2;
  const centreY = top + height / 2;
  const pixel = (x: number, y: number): number =>
    x < 0 || y < 0 || x >= SIDE || y >= SIDE ? 0 : (image[y * SIDE + x] as number);
  return Float32Array.from({ length: PIXELS }, (_, at) => {
    const x = centreX + ((at % SIDE) + 0.5 - SIDE / 2) * scale - 0.5;
    const y = centreY + (Math.floor(at / SIDE) + 0.5 - SIDE / 2) * scale - 0.5;
    const [x0, y0] = [Math.floor(x), Math.floor(y)];
    const [dx, dy] = [x - x0, y - y0];
    const upper = pixel(x0, y0) * (1 - dx) + pixel(x0 + 1, y0) * dx;
    const lower = pixel(x0, y0 + 1) * (1 - dx) + pixel(x0 + 1, y0 + 1) * dx;
    return upper * (1 - dy) + lower * dy;
  });
}
