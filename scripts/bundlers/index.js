// Everything that the package is bundled, run or tested by. A new one is a file, and a line here.
import { bun } from "./bun.js";
import { esbuild } from "./esbuild.js";
import { jest } from "./jest.js";
import { browserify, jest27, webpack4 } from "./legacy.js";
import { next } from "./next.js";
import { nft } from "./nft.js";
import { rollup } from "./rollup.js";
import { sea } from "./sea.js";
import { tsx } from "./tsx.js";
import { vite } from "./vite.js";
import { vitest } from "./vitest.js";
import { webpack } from "./webpack.js";

/** @import { Bundler } from "./bundler.js" */

/** @type {Bundler[]} */
export const BUNDLERS = [
  esbuild,
  rollup,
  webpack,
  vite,
  nft,
  jest,
  vitest,
  tsx,
  bun,
  sea,
  next,
  webpack4,
  browserify,
  jest27,
];
