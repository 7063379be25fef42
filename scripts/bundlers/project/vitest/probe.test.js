import { test } from "vitest";
import { probe } from "../src/probe.js";

test("the package", () => {
  process.stdout.write(`${JSON.stringify(probe())}\n`);
});
