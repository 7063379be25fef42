import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * A path seen from the root of the repository.
 * @param {string[]} parts
 */
export const fromRoot = (...parts) => join(root, ...parts);

export const ADDON = "build/Release/fixed_classifier.node";
