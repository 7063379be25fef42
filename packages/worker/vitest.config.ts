import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // `npm start`, which a test runs, builds what the others ask.
    fileParallelism: false,
    globalSetup: "test/support/build.ts",
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
