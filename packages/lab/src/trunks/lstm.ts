import { Problem } from "../problem.js";
import type { TrunkKind } from "./kind.js";
import { languageTrunk } from "./language.js";

/** The words before a word: an embedding, one LSTM, a linear layer to the features; dropout behind the first and the last. */
export const lstm: TrunkKind = {
  name: "lstm",
  usage: "lstm:256",
  about: "of text: an embedding, an LSTM and a linear layer of so many units",
  norms: ["none"],
  sizes: { least: 1, most: 1 },
  async create([features], { engine, vocabulary, steps, batch, evaluated, seed }) {
    if (vocabulary === undefined || steps === undefined)
      throw new Problem(
        "--trunk lstm reads text, and the data here are rows; take mlp:512,512, or conv:32,64,64 for images",
      );
    return languageTrunk(engine, { words: vocabulary, features, steps, columns: batch, evaluated }, seed);
  },
};
