import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromRoot } from "../paths.js";
import { runIn } from "./install.js";

const TEST = `
const { backend, FixedClassifier, fwht } = require("fixed-classifier");
test("the package", () => {
  const x = Float32Array.of(1, 2, 3, 4);
  fwht(x);
  expect([...x]).toEqual([10, -2, -4, 0]);
  const head = new FixedClassifier({ features: 4, classes: 3 });
  expect(head.forward(x)).toHaveLength(3);
  expect(backend.name).toBe(EXPECTED);
});
`;

/**
 * Jest as it is without any configuration: it requires.
 * @param {import("./install.js").Installed} installed
 */
export function jest({ home, native }) {
  const expected = JSON.stringify(native ? "native" : "wasm");
  writeFileSync(join(home, "default.test.js"), TEST.replace("EXPECTED", expected));
  runIn(home, [process.execPath, fromRoot("node_modules/jest/bin/jest.js"), "--rootDir", home], {
    NODE_OPTIONS: "",
  });
  return "its default configuration runs a test";
}
