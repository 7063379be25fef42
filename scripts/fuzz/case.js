// One case: an operation with random shape, options and values, on every backend.
import { label } from "./backends.js";
import { difference, keep } from "./compare.js";
import { Failure } from "./failure.js";
import { Memory } from "./memory.js";
import { OPERATIONS } from "./operations/index.js";
import { Random } from "./random.js";

/** @import { Backend } from "../../dist/index.js" */
/** @import { Result } from "./compare.js" */
/** @import { Drawn, Operation } from "./operation.js" */

const memory = new Memory();

/**
 * What is wrong, and with which case.
 * @typedef {object} Report
 * @property {string} operation
 * @property {string} backend
 * @property {string} shape as JSON
 * @property {string} message
 */

/**
 * @param {number} seed
 * @param {number} index
 * @param {readonly Backend[]} backends the first is the one that others are compared with
 * @param {readonly Operation[]} operations
 * @returns {Promise<{ operation: string, report: Report | null }>}
 */
export async function runCase(seed, index, backends, operations) {
  const random = new Random(seed, index);
  const operation = random.weighted(operations);
  /** @type {Drawn | null} */
  let drawn = null;
  /** @type {Result} */
  let expected;
  let running = "none";
  try {
    drawn = operation.draw(random);
    const [places] = [random.bits()];
    for (const [i, backend] of backends.entries()) {
      running = label(backend);
      memory.begin(new Random(places, i));
      const call = drawn.on(backend, memory);
      const results = await call.results(await call.run(...call.args));
      memory.check(true);
      if (i === 0) {
        expected = keep(results);
        continue;
      }
      const found = difference(expected, results);
      if (found !== null) throw new Failure(`${found}, of ${label(backends[0])} and of ${running}`);
    }
  } catch (error) {
    const message = error instanceof Failure ? error.message : `unexpected ${describe(error)}`;
    const shape = JSON.stringify(drawn?.shape ?? {}, plain);
    return {
      operation: operation.name,
      report: { operation: operation.name, backend: running, shape, message },
    };
  }
  return { operation: operation.name, report: null };
}

/** @param {unknown} error */
const describe = (error) => (error instanceof Error ? (error.stack ?? error.message) : String(error));

/**
 * JSON has no NaN, and numbers of a typed array are better read as a list.
 * @param {string} _
 * @param {unknown} value
 */
function plain(_, value) {
  if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))) {
    return Object.is(value, -0) ? "-0" : String(value);
  }
  return ArrayBuffer.isView(value) ? Array.from(/** @type {Int32Array} */ (value)) : value;
}

export { OPERATIONS };
