import sharp from "sharp";
import { expect, test } from "vitest";
import { contactSheet } from "../../../src/methods/jem/pictures.js";

const decode = async (url: string) => {
  expect(url).toMatch(/^data:image\/png;base64,/);
  return sharp(Buffer.from(url.slice(url.indexOf(",") + 1), "base64"))
    .raw()
    .toBuffer({ resolveWithObject: true });
};

test("grey pictures stand in rows with a white line between, values clipped to 0 … 1", async () => {
  const pictures = [
    Float32Array.of(0, 0.5, 1, 2),
    Float32Array.of(-1, 1, 0, 1),
    Float32Array.of(0, 0, 0, 0.2),
  ];
  const { data, info } = await decode(await contactSheet(pictures, [1, 2, 2], 2));
  expect([info.width, info.height]).toEqual([5, 5]);
  const grey = Array.from({ length: 5 }, (_, y) =>
    Array.from({ length: 5 }, (_, x) => data[(y * 5 + x) * info.channels]),
  );
  expect(grey).toEqual([
    [0, 128, 255, 0, 255],
    [255, 255, 255, 0, 255],
    [255, 255, 255, 255, 255],
    [0, 0, 255, 255, 255],
    [0, 51, 255, 255, 255],
  ]);
});

test("coloured pictures come with their channels one after the other", async () => {
  const { data, info } = await decode(
    await contactSheet([Float32Array.of(1, 0, 0, 0.4, 0, 1)], [3, 1, 2], 8),
  );
  expect([info.width, info.height, info.channels]).toEqual([2, 1, 3]);
  expect([...data]).toEqual([255, 0, 0, 0, 102, 255]);
});

test("what is no picture is refused", async () => {
  await expect(contactSheet([new Float32Array(4)], [4], 2)).rejects.toThrow(/shape 4 are no pictures/);
  await expect(contactSheet([new Float32Array(8)], [2, 2, 2], 2)).rejects.toThrow(/are no pictures/);
});
