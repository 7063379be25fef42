// Every runtime that the package is tried in. A new one is a file, and a line here.
import { bun } from "./bun.js";
import { chromium } from "./chromium.js";
import { deno } from "./deno.js";
import { arm64, musl, windows } from "./emulated.js";
import { firefox } from "./firefox.js";
import { hermes } from "./hermes.js";
import { nodes, thisNode } from "./node.js";
import { webkit } from "./webkit.js";
import { workerd } from "./workerd.js";

/** @import { Runtime } from "./runtime.js" */

/** @type {Runtime[]} */
export const RUNTIMES = [
  ...nodes,
  arm64,
  windows,
  bun,
  musl,
  deno,
  workerd,
  chromium,
  firefox,
  webkit,
  hermes,
];

/** Those that a change has to pass: some of the ways of some of them, in a minute. @type {Runtime[]} */
export const QUICK = [thisNode, bun, deno, workerd];
