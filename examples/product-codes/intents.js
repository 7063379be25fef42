// Trains one linear layer on sentence embeddings of 150 intents with one head after the other.
// `npm run train:intents -- --help` tells the options.
import { installLibraries } from "./setup.js";

installLibraries();
const { runRows } = await import("./command.js");
const { trainClassifier } = await import("./classification.js");
const { loadIntents } = await import("./intents/data.js");
const { createLinearNetwork } = await import("./intents/network.js");

await runRows(
  {
    name: "intents",
    description:
      "Trains one linear layer on the sentence embeddings of CLINC150 with one head after the other.",
    data: "folder with train_x_f16.npy, train_y_u8.npy and those of test",
    starts: ["random", "class-means"],
    epochs: 10,
    features: 384,
    load: loadIntents,
    train: trainClassifier.bind(null, createLinearNetwork),
  },
  process.argv,
);
