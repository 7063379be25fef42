import sharp from "sharp";

/** About so many pixels a side. */
const SIDE = 480;
const NEGATIVE = [33, 102, 172];
const POSITIVE = [178, 24, 43];

/** From −1 (blue) over 0 (white) to 1 (red). */
export function colourOf(value: number): [number, number, number] {
  const end = value < 0 ? NEGATIVE : POSITIVE;
  const [r = 0, g = 0, b = 0] = end.map((v) => Math.round(255 + (v - 255) * Math.abs(value)));
  return [r, g, b];
}

/** A matrix of cosines as a PNG file, every entry a square of the same size. */
export async function pngOf(gram: Float64Array, count: number): Promise<Uint8Array> {
  const cell = Math.max(1, Math.round(SIDE / count));
  const pixels = new Uint8Array(3 * count * count);
  gram.forEach((value, k) => {
    pixels.set(colourOf(value), 3 * k);
  });
  return await sharp(pixels, { raw: { width: count, height: count, channels: 3 } })
    .resize(count * cell, count * cell, { kernel: "nearest" })
    .png({ palette: false, compressionLevel: 9 })
    .toBuffer();
}

const MARGIN = 56;
const BAR = 14;
const STEPS = 41;

/** The same with a title, the numbers of the classes and a scale of colours, as an SVG file that needs no other. */
export async function svgOf(gram: Float64Array, count: number, title: string): Promise<string> {
  const png = Buffer.from(await pngOf(gram, count)).toString("base64");
  const right = MARGIN + SIDE;
  const bar = Array.from({ length: STEPS }, (_, k) => {
    const value = 1 - (2 * k) / (STEPS - 1);
    const height = SIDE / STEPS;
    return `<rect x="${right + 20}" y="${(MARGIN + k * height).toFixed(2)}" width="${BAR}" height="${(height + 0.5).toFixed(2)}" fill="rgb(${colourOf(value).join(",")})"/>`;
  });
  const ticks = [0, count - 1].map((c) => {
    const at = MARGIN + ((c + 0.5) * SIDE) / count;
    return `<text x="${at}" y="${MARGIN + SIDE + 18}" text-anchor="middle">${c}</text><text x="${MARGIN - 8}" y="${at + 4}" text-anchor="end">${c}</text>`;
  });
  const scale = [1, 0, -1].map(
    (value) =>
      `<text x="${right + 20 + BAR + 6}" y="${MARGIN + ((1 - value) / 2) * SIDE + 4}">${String(value).replace("-", "−")}</text>`,
  );
  const width = right + 80;
  const height = MARGIN + SIDE + 44;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}" font-family="system-ui, sans-serif" font-size="13">
<rect width="100%" height="100%" fill="white"/>
<text x="${MARGIN}" y="28" font-size="16">${escaped(title)}</text>
<image x="${MARGIN}" y="${MARGIN}" width="${SIDE}" height="${SIDE}" style="image-rendering:pixelated" href="data:image/png;base64,${png}"/>
<rect x="${MARGIN}" y="${MARGIN}" width="${SIDE}" height="${SIDE}" fill="none" stroke="#888"/>
${[...bar, ...ticks, ...scale].join("\n")}
<text x="${MARGIN + SIDE / 2}" y="${height - 8}" text-anchor="middle">class</text>
</svg>
`;
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
