/** What all copies of this version in a process share: the ESM and the CommonJS file are two, a bundle with the package in it is another. */

import { VERSION } from "../version.js";
import type { Backend } from "./backend.js";
import type { Selection } from "./selection.js";

export interface Shared {
  /** The backend in use, once it was chosen. */
  selection?: Selection;
  /** The same with heads and rotations, once one was made. */
  backend?: Backend;
}

const KEY = /* @__PURE__ */ Symbol.for(`fixed-classifier ${VERSION}`);

export function shared(): Shared {
  const holder = globalThis as { [KEY]?: Shared };
  holder[KEY] ??= {};
  return holder[KEY];
}
