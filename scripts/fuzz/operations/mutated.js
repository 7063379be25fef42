// Files and JSON of heads that something has changed: an error of ours, or a head that works.
import { FixedClassifier } from "../../../dist/index.js";
import { Failure, isRefusal } from "../failure.js";
import { drawFloats } from "../features.js";
import { drawHead } from "../heads.js";
import { mutateBytes, mutateJson } from "../mutate.js";
import { expectSame } from "./outputs.js";

/** @import { Backend } from "../../../dist/index.js" */
/** @import { Operation } from "../operation.js" */
/** @import { Random } from "../random.js" */

/** What an untrusted file may ask for here. */
const LIMITS = { maxFeatures: 256, maxClasses: 2048 };
/** The most entries of a matrix that such a head is used with. */
const MOST = 2 ** 18;

/** A small head, finite so that it can be written. @param {Random} random */
function drawSmallHead(random) {
  for (;;) {
    const head = drawHead(random);
    if (head.features > 100 || head.classes > 300) continue;
    const small = new FixedClassifier(head.shared.options);
    small.bias?.set(
      drawFloats(random, 1, head.classes).array.map((value) => (Number.isFinite(value) ? value : -0)),
    );
    return small;
  }
}

/**
 * What has been read, or the message of the error.
 * @param {() => FixedClassifier} read
 */
function tryToRead(read) {
  try {
    return read();
  } catch (error) {
    if (isRefusal(error)) return `${error.name}: ${error.message}`;
    throw error;
  }
}

/** Uses a head, and writes and reads it again. @param {FixedClassifier} head */
function use(head) {
  const { features, classes, backend } = head;
  if (features * classes > MOST) return { features, classes };
  const x = Float32Array.from({ length: features }, (_, i) => (i % 7) - 3);
  const logits = head.forward(x);
  if (logits.length !== classes) throw new Failure(`${logits.length} logits of ${classes} classes`);
  const { gradient } = head.lossAndGradient(x, [classes - 1]);
  const again = FixedClassifier.fromSafetensors(head.toSafetensors(), { backend });
  expectSame("a head that is written and read again", logits, again.forward(x));
  return { logits, gradient: gradient.features };
}

/**
 * @template T
 * @param {string} name
 * @param {number} weight
 * @param {(random: Random) => T} draw
 * @param {(mutated: T, backend: Backend, placed: <A extends Uint8Array>(array: A) => A) => FixedClassifier} read
 * @param {(mutated: T) => unknown} show
 * @returns {Operation}
 */
const mutated = (name, weight, draw, read, show) => ({
  name,
  weight,
  kinds: [],
  options: [],
  draw(random) {
    const given = draw(random);
    return {
      get shape() {
        return { given: show(given) };
      },
      on: (backend, memory) => ({
        args: [],
        run: () => tryToRead(() => read(given, backend, (array) => memory.input(array))),
        results: (found) => (typeof found === "string" ? found : use(found)),
      }),
    };
  },
});

export const MUTATED = [
  mutated(
    "mutated file",
    3,
    (random) => mutateBytes(random, drawSmallHead(random).toSafetensors()),
    (bytes, backend, placed) => FixedClassifier.fromSafetensors(placed(bytes), { backend, ...LIMITS }),
    (bytes) => Buffer.from(bytes).toString("latin1").slice(0, 1000),
  ),
  mutated(
    "mutated JSON",
    2,
    (random) => mutateJson(random, JSON.parse(JSON.stringify(drawSmallHead(random)))),
    (json, backend) => FixedClassifier.fromJSON(/** @type {any} */ (json), { backend }),
    (json) => JSON.stringify(json)?.slice(0, 1000),
  ),
];
