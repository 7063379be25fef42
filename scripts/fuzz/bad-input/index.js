// Calls with one argument or option that is wrong: they must throw a TypeError or RangeError of ours, and leave everything as it was.
import { inspect } from "node:util";
import { Failure, isRefusal } from "../failure.js";
import { Random } from "../random.js";
import { breakCall } from "./break.js";
import { WRONG_CALLS } from "./calls.js";

/** @import { Memory } from "../memory.js" */
/** @import { Operation } from "../operation.js" */

/**
 * @param {() => unknown} run
 * @param {Memory} memory
 * @param {() => string} what was wrong
 */
async function expectError(run, memory, what) {
  let problem = "nothing was thrown";
  try {
    await run();
  } catch (error) {
    if (isRefusal(error)) {
      memory.check(false);
      return `${error.name}: ${error.message}`;
    }
    problem = `"${error}" was thrown`;
  }
  throw new Failure(`${problem}, where a TypeError or RangeError was expected: ${what()}`);
}

/** @type {(operations: readonly Operation[]) => Operation} */
const badInput = (operations) => ({
  name: "bad input",
  weight: 16,
  kinds: [],
  options: [],
  draw(random) {
    const operation = random.weighted(operations.filter(({ kinds }) => kinds.length > 0));
    const drawn = operation.draw(random);
    const [a, b] = [random.bits(), random.bits()];
    return {
      shape: { operation: operation.name, ...drawn.shape },
      on(backend, memory) {
        const call = drawn.on(backend, memory);
        const { what, args } = breakCall(new Random(a, b), operation, drawn, call);
        return {
          args: [],
          run: () =>
            expectError(
              () => call.run(...args),
              memory,
              () => `${what}, got ${inspect(args)}`,
            ),
          results: (message) => message,
        };
      },
    };
  },
});

/** @type {Operation} */
const wrongCalls = {
  name: "wrong calls",
  weight: 2,
  kinds: [],
  options: [],
  draw(random) {
    const name = random.pick(Object.keys(WRONG_CALLS));
    const { call, values } = WRONG_CALLS[name];
    const at = random.below(values.length);
    return {
      shape: { call: name, value: at },
      on: (backend, memory) => ({
        args: [],
        run: () =>
          expectError(
            () => call(backend, values[at]),
            memory,
            () => `${name}, got ${inspect(values[at])}`,
          ),
        results: (message) => message,
      }),
    };
  },
};

/** @param {readonly Operation[]} operations */
export const badInputs = (operations) => [badInput(operations), wrongCalls];
