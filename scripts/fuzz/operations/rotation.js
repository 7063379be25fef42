// rotation() of any length: apply, invert and plan.
import { rotation } from "../../../dist/index.js";
import { drawRows } from "../features.js";
import { drawKind, floats } from "../values.js";

/** @import { RotationOptions } from "../../../dist/index.js" */
/** @import { Operation } from "../operation.js" */
/** @import { Random } from "../random.js" */

/** Lengths of which there is a matrix, which take one transform; all others take two. */
const ORDERS = [1, 2, 4, 8, 12, 16, 20, 64, 92, 128, 172, 256, 312, 512, 1024];

/** @param {Random} random */
function drawRotation(random) {
  const length = random.chance(0.3) ? random.pick(ORDERS) : random.size(1, random.chance(0.05) ? 3000 : 400);
  /** @type {RotationOptions} */
  const options = { length };
  if (random.chance(0.7)) options.seed = random.bits() >>> 0;
  if (random.chance(0.4)) options.rounds = random.from(1, 4);
  const kind = drawKind(random);
  const rows = drawRows(random, length);
  return { options, kind, array: floats(random, rows * length, kind), rows };
}

/** @type {(name: "apply" | "invert", weight: number) => Operation} */
const rotate = (name, weight) => ({
  name: `rotation.${name}`,
  weight,
  kinds: ["floats"],
  options: [],
  draw(random) {
    const { options, kind, array, rows } = drawRotation(random);
    return {
      shape: { ...options, values: kind, rows },
      width: options.length,
      on(backend, memory) {
        const r = rotation({ ...options, backend });
        const x = memory.inPlace(array);
        return { args: [x], run: r[name], results: (returned) => ({ x, returned: returned === x }) };
      },
    };
  },
});

/** @type {Operation} */
const plan = {
  name: "rotation.plan",
  weight: 2,
  kinds: ["floats", "options"],
  options: ["inverse"],
  draw(random) {
    const { options, kind, array, rows } = drawRotation(random);
    const inverse = random.chance(0.5);
    return {
      shape: { ...options, values: kind, rows, inverse },
      width: options.length,
      on(backend, memory) {
        const x = memory.inPlace(array);
        return {
          args: [x, { inverse }],
          run: rotation({ ...options, backend }).plan,
          results(run) {
            run();
            const once = x.slice();
            run();
            return { once, twice: x };
          },
        };
      },
    };
  },
};

export const ROTATIONS = [rotate("apply", 5), rotate("invert", 3), plan];
