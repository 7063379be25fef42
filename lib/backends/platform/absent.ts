import type { BackendFactory } from "../backend.js";

const missing = (): never => {
  throw new Error('backend "native" is not in the build of this package for browsers and Workers');
};

/** In the place of the addon, where none can be loaded. */
export const absent: BackendFactory = { instructionSets: missing, open: missing };
