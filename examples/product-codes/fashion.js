// Trains the same small network on the 6,000 images of ../data/fashion-mnist-small with one head after the other.
// `npm run train:fashion -- --help` tells the options.
import { fileURLToPath } from "node:url";
import { installLibraries } from "./setup.js";

installLibraries();
const { runRows } = await import("./command.js");
const { trainClassifier } = await import("./classification.js");
const { loadImages } = await import("./images/data.js");
const { ConvolutionalNetwork } = await import("./images/network.js");

await runRows(
  {
    name: "fashion",
    description: "Trains a small network on 6,000 images of Fashion-MNIST with one head after the other.",
    data: "folder with train-images-idx3-ubyte.gz and the like, 28×28 pixels",
    bundled: fileURLToPath(new URL("../data/fashion-mnist-small", import.meta.url)),
    starts: ["random", "class-means"],
    epochs: 5,
    features: 512,
    load: (folder) => loadImages(folder, { test: "t10k", labels: "idx1-ubyte" }),
    train: trainClassifier.bind(null, ConvolutionalNetwork.create),
  },
  process.argv,
);
