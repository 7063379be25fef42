// Runs the tests of memory with 200,000 of everything on every backend and instruction set, and prints the figures.
import { runIn } from "./checkout.js";
import { root } from "./paths.js";

runIn(root, process.execPath, ["scripts/jest.js", "test/backends/flat.test.ts"], { MEMORY_COUNT: "200000" });
