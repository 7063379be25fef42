// Photographs, as the trunk of a ResNet-50 sees them, and its last layer.
import { answersOf, CODES, crossAgreementOf } from "../agree.js";
import { loadFeatures } from "./features.js";

/** @import { Measured } from "../report.js" */

/**
 * Half of the photographs by a head that was calibrated on the other half, and the other way round.
 * @param {string} folder
 * @param {(measured: Measured) => void} keep what there is after each code
 */
export async function measureImages(folder, keep) {
  const { layer, x, names } = await loadFeatures(folder);
  const answers = answersOf(layer, x);
  const { features, classes } = layer;
  const agreements = [];
  for (const code of CODES) {
    agreements.push(await crossAgreementOf(layer, code, x, answers));
    keep({ features, classes, calibration: Math.floor(names.length / 2), agreements });
  }
}
