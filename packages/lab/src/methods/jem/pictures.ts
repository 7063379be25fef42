import sharp from "sharp";

/** Pictures in rows, one beside the other with a line between, as a PNG that a page can carry: a data URL. */
export async function contactSheet(
  pictures: readonly Float32Array[],
  shape: readonly number[],
  columns: number,
): Promise<string> {
  const [channels, height, width] = shape;
  if (shape.length !== 3 || (channels !== 1 && channels !== 3))
    throw new RangeError(`inputs of shape ${shape.join(" × ")} are no pictures`);
  const across = Math.min(columns, pictures.length);
  const down = Math.ceil(pictures.length / across);
  const sheet = { width: across * (width + 1) - 1, height: down * (height + 1) - 1 };
  const pixels = Buffer.alloc(sheet.width * sheet.height * channels, 255);
  pictures.forEach((picture, k) => {
    const left = (k % across) * (width + 1);
    const top = Math.floor(k / across) * (height + 1);
    for (let c = 0; c < channels; c++)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          const value = picture[(c * height + y) * width + x];
          pixels[((top + y) * sheet.width + left + x) * channels + c] = Math.round(
            255 * Math.min(1, Math.max(0, value)),
          );
        }
  });
  const png = await sharp(pixels, { raw: { ...sheet, channels } })
    .png({ compressionLevel: 9, palette: channels === 1 })
    .toBuffer();
  return `data:image/png;base64,${png.toString("base64")}`;
}
