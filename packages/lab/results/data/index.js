import { cifar10 } from "./cifar10.js";
import { fashionMnist, fashionMnistSample } from "./fashion-mnist.js";
import { languages } from "./languages.js";
import { letters } from "./letters.js";
import { mnist } from "./mnist.js";
import { clinc150, omniglot, wikitext2 } from "./shared.js";
import { stateOfTheUnion } from "./state-of-the-union.js";

export const SOURCES = [
  fashionMnistSample,
  clinc150,
  letters,
  mnist,
  fashionMnist,
  languages,
  omniglot,
  cifar10,
  stateOfTheUnion,
  wikitext2,
];
