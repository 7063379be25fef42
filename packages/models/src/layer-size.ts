import { Problem } from "./problem.js";

/** What a head of the core can have. */
const MOST_FEATURES = 65_536;
const MOST_CLASSES = 2 ** 24;

/** @param weights what has the size, for messages */
export function checkLayerSize(file: string, weights: string, features: number, classes: number): void {
  if (features >= 1 && features <= MOST_FEATURES && classes >= 1 && classes <= MOST_CLASSES) return;
  throw new Problem(
    `${file}: ${weights} has ${features} features and ${classes} classes; a head has at most ${MOST_FEATURES} and ${MOST_CLASSES}`,
  );
}
