import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  // Addresses without a leading slash: the built page works in any folder of any static host.
  base: "./",
  assetsInclude: ["**/*.gz"],
  // The images lie in the repository, outside this package.
  server: { fs: { allow: ["../.."] } },
  resolve: { alias: { "@tensorflow/tfjs": here("src/tensorflow/tfjs.ts") } },
  // Named, since the dev server would find them when the worker starts, and load the page anew.
  optimizeDeps: {
    include: [
      "uplot",
      "@tensorflow/tfjs-core",
      "@tensorflow/tfjs-layers",
      "@tensorflow/tfjs-backend-cpu",
      "@tensorflow/tfjs-backend-wasm",
    ],
  },
  worker: { format: "es" },
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  test: {
    include: ["test/**/*.test.ts"],
    // Browsers take a while on a machine that does other work.
    testTimeout: 600_000,
    hookTimeout: 300_000,
    fileParallelism: false,
    alias: { "@tensorflow/tfjs": here("test/support/tfjs.ts") },
  },
});
