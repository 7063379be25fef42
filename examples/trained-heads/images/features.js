// What the trunk of ResNet-50 makes of photographs, kept in a file, for it takes a third of a second each.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import cliProgress from "cli-progress";
import sharp from "sharp";
import { loadResNet, SIDE } from "./resnet.js";

/** @import { DenseLayer } from "../../../dist/index.js" */

const KEPT = fileURLToPath(new URL("../../../build/resnet-features/", import.meta.url));
const PICTURES = 8;

/**
 * @param {string} folder of photographs: JPEG, PNG or WebP
 * @returns {Promise<{ layer: DenseLayer, x: Float32Array, names: string[] }>} in the order of a hash of their names
 */
export async function loadFeatures(folder) {
  const found = readdirSync(folder).filter((name) => /\.(jpe?g|png|webp)$/i.test(name));
  if (found.length < 4) throw new Error(`${folder} has ${found.length} photographs (JPEG, PNG or WebP)`);
  const names = found.sort((a, b) => (hash(a) < hash(b) ? -1 : 1));
  const { layer, features } = await loadResNet();
  const sizes = names.map((name) => `${name} ${statSync(join(folder, name)).size}`);
  const file = join(KEPT, `${hash(sizes.join("\n"))}.f32`);
  if (existsSync(file)) {
    const { buffer, byteOffset, length } = readFileSync(file);
    return { layer, names, x: new Float32Array(buffer.slice(byteOffset, byteOffset + length)) };
  }
  const x = new Float32Array(names.length * layer.features);
  const bar = new cliProgress.SingleBar({
    format: "photographs |{bar}| {value}/{total}, {eta_formatted} left",
  });
  bar.start(names.length, 0);
  for (let first = 0; first < names.length; first += PICTURES) {
    const some = names.slice(first, first + PICTURES);
    const pixels = await Promise.all(some.map((name) => pixelsOf(join(folder, name))));
    x.set(features(Buffer.concat(pixels), some.length), first * layer.features);
    bar.update(first + some.length);
  }
  bar.stop();
  mkdirSync(KEPT, { recursive: true });
  writeFileSync(file, x);
  return { layer, names, x };
}

/** The square in the middle. @param {string} path */
const pixelsOf = (path) =>
  sharp(path)
    .resize(SIDE, SIDE, { fit: "cover" })
    .flatten()
    .toColourspace("srgb")
    .removeAlpha()
    .raw()
    .toBuffer();

/** @param {string} text */
const hash = (text) => createHash("sha256").update(text).digest("hex").slice(0, 16);
