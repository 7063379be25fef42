// What makes heads of heads: more classes, files, JSON; and forwardAsync.
import { FixedClassifier } from "../../../dist/index.js";
import { drawFeatures, drawFloats } from "../features.js";
import { drawHead } from "../heads.js";
import { asOptions } from "../operation.js";
import { drawOut, expectSame, placeOut } from "./outputs.js";

/** @import { Backend } from "../../../dist/index.js" */
/** @import { Operation } from "../operation.js" */

/** @type {Operation} */
const withClasses = {
  name: "withClasses",
  weight: 0.5,
  kinds: ["count"],
  options: [],
  draw(random) {
    const head = drawHead(random);
    const x = drawFloats(random, 1, head.features);
    const classes = head.classes + random.from(0, 20);
    return {
      shape: { head: head.shape, x: x.shape, more: classes },
      classes: head.classes,
      on(backend, memory) {
        const h = head.on(backend, memory);
        const placed = /** @type {Float32Array} */ (x.place(memory));
        return {
          args: [classes],
          run(count) {
            try {
              return h.withClasses(count);
            } catch (error) {
              // The code may have vectors for fewer. A number that is broken is more wrong than that.
              if (error instanceof RangeError && count === classes) return error.message;
              throw error;
            }
          },
          results(more) {
            if (typeof more === "string") return more;
            const logits = more.forward(placed);
            // Sylvester's matrix grows with the classes, and so does the order of the additions.
            if (head.shared.code.name !== "sylvester") {
              expectSame("the logits of the old classes", logits.slice(0, head.classes), h.forward(placed));
            }
            return { logits, bias: more.bias, weights: more.weights, scale: more.scale };
          },
        };
      },
    };
  },
};

/**
 * What is written and read again; a head that is not finite is refused.
 * @type {(name: string, write: (head: FixedClassifier) => any, read: (written: any, backend: Backend) => FixedClassifier) => Operation}
 */
const roundTrip = (name, write, read) => ({
  name,
  weight: 1,
  kinds: [],
  options: [],
  draw(random) {
    const head = drawHead(random);
    const x = drawFloats(random, 1, head.features);
    return {
      shape: { head: head.shape, x: x.shape },
      on(backend, memory) {
        const h = head.on(backend, memory);
        const placed = /** @type {Float32Array} */ (x.place(memory));
        return {
          args: [],
          run() {
            try {
              return write(h);
            } catch (error) {
              if (error instanceof RangeError) return error;
              throw error;
            }
          },
          results(written) {
            if (written instanceof RangeError) return written.message;
            const bytes = written instanceof Uint8Array ? memory.input(written) : written;
            const same = read(bytes, backend);
            const { scale, bias, weights } = same;
            expectSame(
              "the head",
              { scale: h.scale, bias: h.bias, weights: h.weights },
              { scale, bias, weights },
            );
            const logits = same.forward(placed);
            expectSame("logits", h.forward(placed), logits);
            return { logits, written: bytes instanceof Uint8Array ? bytes : JSON.stringify(bytes) };
          },
        };
      },
    };
  },
});

/** @type {Operation} */
const forwardAsync = {
  name: "forwardAsync",
  weight: 0.5,
  kinds: ["features", "options"],
  options: ["out", "type", "featureScale", "signal"],
  draw(random) {
    const head = drawHead(random);
    const x = drawFeatures(random, head);
    const spare = drawOut(random);
    const signal = random.chance(0.2) ? { signal: new AbortController().signal } : {};
    return {
      shape: { head: head.shape, x: x.shape, spare },
      width: head.features,
      classes: head.classes,
      needs: x.rows * head.classes,
      on(backend, memory) {
        const h = head.on(backend, memory);
        const placed = x.place(memory);
        const out = placeOut(memory, x.rows * head.classes, spare);
        return {
          args: [placed, asOptions(memory.random, { ...x.options, ...out, ...signal })],
          run: h.forwardAsync.bind(h),
          async results(logits) {
            expectSame("forwardAsync and forward", logits, h.forward(/** @type {any} */ (placed), x.options));
            return logits;
          },
        };
      },
    };
  },
};

export const HEADS = [
  withClasses,
  roundTrip(
    "toSafetensors",
    (head) => head.toSafetensors(),
    (bytes, backend) => FixedClassifier.fromSafetensors(bytes, { backend }),
  ),
  roundTrip(
    "toJSON",
    (head) => JSON.parse(JSON.stringify(head)),
    (json, backend) => FixedClassifier.fromJSON(json, { backend }),
  ),
  forwardAsync,
];
