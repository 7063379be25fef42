import { defineConfig } from "vitest/config";

export default defineConfig({
  // The examples import the package by its name, as users do.
  resolve: {
    alias: {
      "fixed-classifier-models": new URL("src/index.ts", import.meta.url).pathname,
      "#onnx": new URL("src/onnx/index.ts", import.meta.url).pathname,
    },
  },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
