/** The version in package.json: an addon of another one has other functions. test/backends/load.test.ts holds the two together. */
export const VERSION = "0.1.0";
