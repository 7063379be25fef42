// Trains a small network on the 1623 characters of Omniglot, 16 drawings of each, with one head after the other.
// `npm run train:omniglot -- --help` tells the options.
import { installLibraries } from "./setup.js";

installLibraries();
const { runRows } = await import("./command.js");
const { trainClassifier } = await import("./classification.js");
const { loadImages } = await import("./images/data.js");
const { ConvolutionalNetwork } = await import("./images/network.js");

await runRows(
  {
    name: "omniglot",
    description:
      "Trains a small network on the 1623 characters of Omniglot, 16 drawings of each, with one head after the other.",
    data: "folder with train-images-idx3-ubyte.gz and the like, 28×28 pixels, and labels as shorts",
    starts: ["random", "class-means"],
    epochs: 8,
    features: 512,
    load: (folder) => loadImages(folder, { test: "test", labels: "idx1-short" }),
    train: trainClassifier.bind(null, ConvolutionalNetwork.create),
  },
  process.argv,
);
