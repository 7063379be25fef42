// Digits of five by seven dots.
const FONT = {
  0: [0x0e, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0e],
  1: [0x04, 0x0c, 0x04, 0x04, 0x04, 0x04, 0x0e],
  2: [0x0e, 0x11, 0x01, 0x02, 0x04, 0x08, 0x1f],
  3: [0x1f, 0x02, 0x04, 0x02, 0x01, 0x11, 0x0e],
  4: [0x02, 0x06, 0x0a, 0x12, 0x1f, 0x02, 0x02],
  5: [0x1f, 0x10, 0x1e, 0x01, 0x01, 0x11, 0x0e],
  6: [0x06, 0x08, 0x10, 0x1e, 0x11, 0x11, 0x0e],
  7: [0x1f, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08],
  8: [0x0e, 0x11, 0x11, 0x0e, 0x11, 0x11, 0x0e],
  9: [0x0e, 0x11, 0x11, 0x0f, 0x01, 0x02, 0x0c],
};
export const HEIGHT = 48;
const DOT = 4;
const MARGIN = 10;

/**
 * A line of digits, black on white, as a text recogniser takes it: three equal planes of HEIGHT × width numbers in ±1.
 * @param {string} text
 */
export function drawn(text) {
  const width = 2 * MARGIN + 6 * DOT * text.length;
  const plane = new Float32Array(HEIGHT * width).fill(1);
  [...text].forEach((digit, place) => {
    const rows = FONT[/** @type {keyof typeof FONT} */ (Number(digit))];
    for (let y = 0; y < 7 * DOT; y++) {
      for (let x = 0; x < 5 * DOT; x++) {
        const isInk = (rows[Math.floor(y / DOT)] >> (4 - Math.floor(x / DOT))) & 1;
        if (isInk) plane[(MARGIN + y) * width + MARGIN + 6 * DOT * place + x] = -1;
      }
    }
  });
  const pixels = new Float32Array(3 * plane.length);
  for (let p = 0; p < 3; p++) pixels.set(plane, p * plane.length);
  return { width, pixels };
}
