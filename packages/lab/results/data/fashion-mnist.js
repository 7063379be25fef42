// Pictures of clothes, 28×28: Xiao, Rasul and Vollgraf, 2017. A part of them is in the repository, for the commands that a newcomer runs first.
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { unpackDebian } from "../fetch/debian.js";

/** @import { Source } from "../fetch/provide.js" */

/** @type {Source} */
export const fashionMnistSample = {
  name: "fashion-mnist-sample",
  title: "Fashion-MNIST, 6,000 images",
  origin: "in the repository",
  licence: "MIT",
  place: {
    bundled: fileURLToPath(new URL("../../../../examples/data/fashion-mnist-small/", import.meta.url)),
  },
  files: {
    "train-images-idx3-ubyte.gz": "74df153e1d736137c085533200d77928ad1330a766dbfab0bc33ffdf137c8b83",
    "train-labels-idx1-ubyte.gz": "2f79ac363aa5db62f0fa8e5c6d76afd2f96e347af63b899a85be6c3f255bc024",
    "t10k-images-idx3-ubyte.gz": "04516f9d284037ea6cce7310aafaed77e8f8c1547f1127ef4aa754c46f47f8f5",
    "t10k-labels-idx1-ubyte.gz": "540f63e62544edb8406d1292429a47e6cdb42e4fa2eaa233f072b34e1f6bc46c",
  },
};

/** @type {Source} */
export const fashionMnist = {
  name: "fashion-mnist",
  title: "Fashion-MNIST",
  origin: "Debian dataset-fashion-mnist",
  licence: "MIT",
  place: {
    make(folder, scratch) {
      const found = unpackDebian("dataset-fashion-mnist", "/usr/share/datasets/fashion-mnist", scratch);
      for (const name of Object.keys(fashionMnist.files)) copyFileSync(join(found, name), join(folder, name));
    },
  },
  files: {
    "train-images-idx3-ubyte.gz": "b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7",
    "train-labels-idx1-ubyte.gz": "0ae29f65d86684f32d1b9c85147786c547b9c6aebcaf235f0400a0cce308b056",
    "t10k-images-idx3-ubyte.gz": "cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa",
    "t10k-labels-idx1-ubyte.gz": "8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05",
  },
};
