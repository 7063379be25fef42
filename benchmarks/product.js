// What is measured: the build that a user installs. Not by its name, which this folder's own package.json hides.
export * from "../dist/index.js";
