/** TypeScript goes through swc; ES modules need `node --experimental-vm-modules` (scripts/jest.js sets it). */
export default {
  testEnvironment: "node",
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  extensionsToTreatAsEsm: [".ts"],
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  transform: {
    "\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "es6" } },
    ],
  },
  // The builds for other machines are copies of this package.
  modulePathIgnorePatterns: ["<rootDir>/build-"],
  // Emscripten and asc output in dependencies is plain JavaScript.
  transformIgnorePatterns: ["/node_modules/"],
};
