// Trains a language model on State of the Union addresses, 10,000 words, with one head after the other.
// `npm run train:words -- --help` tells the options.
import { installLibraries } from "./setup.js";

installLibraries();
const { runRows } = await import("./command.js");
const { loadWords } = await import("./words/data.js");
const { trainWords } = await import("./words/train.js");

await runRows(
  {
    name: "words",
    description:
      "Trains an LSTM on the latest 300,000 words of State of the Union addresses with one head after the other.",
    data: "folder with sotu.train.txt.gz and sotu.valid.txt.gz, a sentence a line",
    starts: ["random", "co-occurrences"],
    epochs: 5,
    features: 256,
    // The addresses are in the order of their dates: earlier ones are in another language.
    load: (folder) => loadWords(folder, { tokens: 300_000, validation: 20_000 }),
    train: trainWords,
  },
  process.argv,
);
