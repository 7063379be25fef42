// All operations that are tried. A new one is a file or an entry beside these, and its place in this list.
import { badInputs } from "../bad-input/index.js";
import { AXES } from "./axes.js";
import { ENERGIES } from "./energy.js";
import { GRADIENTS } from "./gradients.js";
import { HEADS } from "./heads.js";
import { MUTATED } from "./mutated.js";
import { OUTPUTS } from "./outputs.js";
import { ROTATIONS } from "./rotation.js";
import { ROUNDINGS } from "./rounding.js";
import { TRANSFORMS } from "./transform.js";

const WITH_GOOD_INPUT = [
  ...TRANSFORMS,
  ...AXES,
  ...ROTATIONS,
  ...OUTPUTS,
  ...GRADIENTS,
  ...ENERGIES,
  ...HEADS,
  ...ROUNDINGS,
];

export const OPERATIONS = [...WITH_GOOD_INPUT, ...MUTATED, ...badInputs(WITH_GOOD_INPUT)];
