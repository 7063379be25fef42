import { freemem } from "node:os";
import { discover, type Place } from "./discover.js";
import type { Estimate } from "./formats/format.js";
import { formatOf } from "./formats/index.js";
import { imageFiles, imageShapeOf } from "./images.js";
import { type DataOptions, DEFAULTS } from "./options.js";

export interface MemoryEstimate {
  /** In memory. */
  readonly bytes: number;
  /** That stay in their files. */
  readonly disc: number;
  /** To be shown before anything is loaded. */
  readonly sentence: string;
}

/** What the data will take, by the headers of the files alone: milliseconds, whatever their size. */
export async function estimateMemory(
  paths: readonly string[],
  options: DataOptions = {},
): Promise<MemoryEstimate> {
  const { parts, name } = discover(paths);
  let memory = 0;
  let disc = 0;
  for (const place of parts.values()) {
    const part = await estimateOf(place, options);
    memory += part.memory;
    disc += part.disc;
  }
  const free = freemem();
  const more =
    memory > free
      ? `, which is more than the ${inBytes(free)} that are free: close other programs or use fewer rows`
      : "";
  const stays = disc === 0 ? "" : ` ${inBytes(disc)} stay on disc, and rows are read when they are needed.`;
  return {
    bytes: memory,
    disc,
    sentence: `${name} takes about ${inBytes(memory)} of memory${more}.${stays}`,
  };
}

/** Images by which it is told how large all are. */
const GLANCED = 64;

async function estimateOf(place: Place, options: DataOptions): Promise<Estimate> {
  const { label, groups, memory = DEFAULTS.memory } = options;
  if (place.kind === "images") {
    const { files } = imageFiles(place.folder);
    const step = Math.ceil(files.length / GLANCED);
    const { shape } = await imageShapeOf(
      files.filter((_, k) => k % step === 0),
      options,
    );
    return { memory: files.length * (shape.colour ? 3 : 1) * shape.size ** 2, disc: 0 };
  }
  const files = [place.inputs, ...place.more, place.labels, place.groups].filter((file) => file !== null);
  const all = await Promise.all(
    files.map((file) => formatOf(file).estimate(file, { memory, label, groups, inputsOnly: false })),
  );
  return all.reduce((a, b) => ({ memory: a.memory + b.memory, disc: a.disc + b.disc }));
}

/** "5.5 MB". */
export function inBytes(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let amount = bytes;
  let unit = 0;
  while (amount >= 1000 && unit < units.length - 1) {
    amount /= 1000;
    unit++;
  }
  return `${amount.toFixed(amount < 10 && unit > 0 ? 1 : 0)} ${units[unit]}`;
}
