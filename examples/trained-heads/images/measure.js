// Photographs, as the trunk of a ResNet-50 sees them, and its last layer.
import { answersOf, crossAgreementOf } from "../agree.js";
import { loadFeatures } from "./features.js";

/** @import { Measured } from "../report.js" */

const CODES = [
  { width: 8, stages: 1 },
  { width: 4, stages: 1 },
  { width: 8, stages: 2 },
  { width: 8, stages: 3 },
  { width: 4, stages: 2 },
  { width: 8, stages: 4 },
];

/**
 * Half of the photographs by a head that was calibrated on the other half, and the other way round.
 * @param {string} folder
 * @returns {Promise<Measured>}
 */
export async function measureImages(folder) {
  const { layer, x, names } = await loadFeatures(folder);
  const answers = answersOf(layer, x);
  const agreements = [];
  for (const code of CODES) agreements.push(await crossAgreementOf(layer, code, x, answers));
  const { features, classes } = layer;
  return { features, classes, calibration: Math.floor(names.length / 2), agreements };
}
