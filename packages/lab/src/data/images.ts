import { type Dirent, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { Problem } from "../problem.js";
import { memoryStore } from "./arrays.js";
import { unreadable } from "./bytes.js";
import { type Coded, coded } from "./content.js";
import { ELEMENTS } from "./elements.js";
import { ArrayRows, type Rows } from "./inputs.js";
import { type DataOptions, DEFAULTS } from "./options.js";

/** Whether a file is an image, by its name. */
const isImage = (name: string): boolean => /\.(png|jpe?g|webp|gif|tiff?|avif)$/i.test(name);

/** What all images of a folder are brought to. */
export interface ImageShape {
  readonly size: number;
  readonly colour: boolean;
}

/** Whether there are images in it or below it. */
export const holdsImages = (folder: string): boolean => imagesBelow(folder).length > 0;

function imagesBelow(folder: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    throw unreadable(folder, error);
  }
  return entries
    .filter(({ name }) => isImage(name) && !name.startsWith("."))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
}

/** Images in the order of their paths; the folder that one lies in first is its class. Null where one lies in no such folder. */
export function imageFiles(folder: string): { files: string[]; labels: Coded | null } {
  const files = imagesBelow(folder);
  const classes = files.map((file) => relative(folder, file).split(sep));
  if (classes.some((way) => way.length === 1)) return { files, labels: null };
  return {
    files,
    labels: coded(
      classes.map(([first]) => first),
      files.length,
    ),
  };
}

/** Images as small as this keep their size where all have the same and no other is asked for. */
const KEPT = 64;

/** How many are read at the same time. */
const AT_ONCE = 8;

export async function imageShapeOf(
  files: readonly string[],
  { size, colour }: Pick<DataOptions, "size" | "colour">,
): Promise<{ shape: ImageShape; note: string | null }> {
  if (size !== undefined && !(Number.isInteger(size) && size >= 1 && size <= 4096))
    throw new Problem(`--size ${size}: it takes a whole number of pixels from 1 to 4096`);
  const { default: sharp } = await import("sharp");
  const found = { least: Number.POSITIVE_INFINITY, most: 0, colour: false, sizes: new Set<string>() };
  await each(files, async (file) => {
    const { width, height, channels, space } = await readable(file, sharp(file).metadata());
    found.least = Math.min(found.least, width, height);
    found.most = Math.max(found.most, width, height);
    found.colour ||= channels >= 3 && space !== "b-w";
    found.sizes.add(`${width} × ${height}`);
  });
  const square = found.sizes.size === 1 && found.least === found.most && found.most <= KEPT;
  const side = size ?? (square ? found.most : DEFAULTS.size);
  const same = found.sizes.size === 1 && found.least === side && found.most === side;
  const was =
    found.sizes.size === 1
      ? `are ${[...found.sizes].join()}`
      : `have ${found.sizes.size} sizes, with sides from ${found.least} to ${found.most}`;
  return {
    shape: { size: side, colour: colour ?? found.colour },
    note: same ? null : `The images ${was}, and are brought to ${side} × ${side}; what is over is cut off.`,
  };
}

/** All images in memory, a byte a value. */
export async function imageRows(files: readonly string[], { size, colour }: ImageShape): Promise<Rows> {
  const { default: sharp } = await import("sharp");
  const channels = colour ? 3 : 1;
  const pixels = size * size;
  const values = new Uint8Array(files.length * channels * pixels);
  await each(files, async (file, row) => {
    const image = sharp(file)
      .autoOrient()
      .flatten({ background: "white" })
      .resize(size, size, { fit: "cover" })
      .toColourspace(colour ? "srgb" : "b-w");
    const { data, info } = await readable(file, image.raw().toBuffer({ resolveWithObject: true }));
    const start = row * channels * pixels;
    for (let channel = 0; channel < channels; channel++)
      for (let pixel = 0; pixel < pixels; pixel++)
        values[start + channel * pixels + pixel] =
          data[pixel * info.channels + Math.min(channel, info.channels - 1)];
  });
  const shape = [files.length, channels, size, size];
  return new ArrayRows(
    { kind: "numbers", name: "", element: ELEMENTS.uint8, shape, store: memoryStore(values) },
    1 / 255,
  );
}

async function readable<T>(file: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    const [reason] = (error as Error).message.split("\n");
    throw new Problem(`${file} is damaged or no image (${reason}). Mend or remove it`, { cause: error });
  }
}

/** Several at a time; the first that fails ends all. */
async function each(
  files: readonly string[],
  use: (file: string, row: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < files.length) {
      const row = next++;
      await use(files[row], row);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
