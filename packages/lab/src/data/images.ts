import { Problem } from "../problem.js";
import type { Coded } from "./content.js";
import type { Rows } from "./inputs.js";
import type { DataOptions } from "./options.js";

/** Whether a file is an image, by its name. */
export const isImage = (name: string): boolean => /\.(png|jpe?g|webp|gif|bmp|tiff?|avif)$/i.test(name);

/** What all images of a folder are brought to. */
export interface ImageShape {
  readonly size: number;
  readonly colour: boolean;
}

export function imageFiles(folder: string, _unlabelled: boolean): { files: string[]; labels: Coded | null } {
  throw new Problem(`${folder}: images are not read yet`);
}

export async function imageShapeOf(
  _files: readonly string[],
  _options: DataOptions,
): Promise<{ shape: ImageShape; note: string | null }> {
  throw new Problem("images are not read yet");
}

export async function imageRows(_files: readonly string[], _shape: ImageShape): Promise<Rows> {
  throw new Problem("images are not read yet");
}
