// What the fuzzer says of backends that do something wrong, as JSON: a report for each.
import { createBackend } from "../../dist/index.js";
import { OPERATIONS, runCase } from "../../scripts/fuzz/case.js";

/** @import { Backend } from "../../dist/index.js" */
/** @typedef {Backend["fwht"]} Transform */

const CASES = 200;
const js = createBackend("js");

/** @param {Parameters<Transform>[0]} x */
const bytesAround = (x) => new Uint8Array(x.buffer, x.byteOffset - 4, x.byteLength + 8);

/** @type {Record<string, Transform>} */
const BROKEN = {
  "another bit"(x, ...rest) {
    js.fwht(x, ...rest);
    if (x.length > 0) bytesAround(x)[4] ^= 1;
  },
  "a byte before"(x, ...rest) {
    js.fwht(x, ...rest);
    bytesAround(x)[3] ^= 128;
  },
  "a byte behind"(x, ...rest) {
    js.fwht(x, ...rest);
    bytesAround(x)[4 + x.byteLength] ^= 1;
  },
  "an error"() {
    throw new Error("not this one");
  },
  "nothing at all"() {},
};

/**
 * @param {string} name
 * @param {readonly Backend[]} backends
 */
async function firstReport(name, backends) {
  const operations = OPERATIONS.filter((operation) => operation.name === name);
  for (let index = 0; index < CASES; index++) {
    const { report } = await runCase(1, index, backends, operations);
    if (report !== null) return report;
  }
  return null;
}

/** @type {Record<string, unknown>} */
const reports = { "nothing wrong": await firstReport("fwht", [js, { ...js }]) };
for (const [what, fwht] of Object.entries(BROKEN)) {
  reports[what] = await firstReport("fwht", [js, { ...js, fwht }]);
}
// A head that writes to what it should only read.
reports["an input"] = await firstReport("forward", [
  js,
  {
    ...js,
    head(table) {
      const kernels = js.head(table);
      return {
        ...kernels,
        forward(x, parameters, logits) {
          kernels.forward(x, parameters, logits);
          x.fill(1);
        },
      };
    },
  },
]);
console.log(JSON.stringify(reports));
