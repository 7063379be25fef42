// What is kept of trained heads beside their results: the heads as files, and pictures of the cosines between their class vectors.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gramMatrix } from "../../scripts/codes/pictures.js";

/** @import { OnHead } from "./heads/parameters.js" */

/** Classes in a picture: of Omniglot the first alphabets. */
const PICTURED = 160;

/**
 * @param {string} run
 * @param {string} row name of the row's result
 * @param {{ save?: string, pictures?: string }} folders
 * @returns {OnHead}
 */
export function keeper(run, row, { save, pictures }) {
  return ({ classifier }, moment) => {
    const head = classifier?.();
    if (head === undefined) return;
    if (save !== undefined && moment === "end") {
      mkdirSync(save, { recursive: true });
      writeFileSync(join(save, `${run}.${row}.safetensors`), head.toSafetensors());
    }
    if (pictures !== undefined) {
      mkdirSync(pictures, { recursive: true });
      writeFileSync(
        join(pictures, `gram-${run}-${moment}.png`),
        gramMatrix(head, Math.min(PICTURED, head.classes)),
      );
    }
  };
}
