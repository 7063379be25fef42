/** The addon should be here and is not, as in a bundle without it, or it does not load. */
export class AddonLost extends Error {}

/** The same for all copies of this module in a process. */
const WARNED = /* @__PURE__ */ Symbol.for("fixed-classifier.addon-lost");

/** Tells once that another backend stands in for the addon, if that was lost. */
export function warnOfLoss(error: Error, instead: string): void {
  const known = globalThis as { [WARNED]?: boolean };
  if (!(error instanceof AddonLost) || known[WARNED]) return;
  known[WARNED] = true;
  process.emitWarning(`fixed-classifier runs on ${instead}, which is slower: ${error.message}`, {
    code: "FIXED_CLASSIFIER_ADDON_LOST",
  });
}
