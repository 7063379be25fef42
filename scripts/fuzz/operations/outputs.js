// What a head makes of rows without labels: forward, plan, topK, probabilities.
import { difference } from "../compare.js";
import { Failure } from "../failure.js";
import { drawFeatures, drawFloats, drawRows } from "../features.js";
import { drawHead } from "../heads.js";
import { asOptions } from "../operation.js";

/** @import { Memory } from "../memory.js" */
/** @import { Operation } from "../operation.js" */
/** @import { Random } from "../random.js" */
/** @import { Result } from "../compare.js" */

/**
 * Whether the results go to an array of the caller, and by how many elements it is longer than needed.
 * @param {Random} random
 */
export const drawOut = (random) => (random.chance(0.5) ? random.below(4) * random.below(8) : null);

/**
 * The option `out`, if there is one.
 * @param {Memory} memory
 * @param {number} length
 * @param {number | null} spare
 */
export const placeOut = (memory, length, spare) =>
  spare === null ? {} : { out: memory.output(length, spare) };

/**
 * @param {string} what
 * @param {Result} a
 * @param {Result} b
 */
export function expectSame(what, a, b) {
  const found = difference(a, b);
  if (found !== null) throw new Failure(`${what}: ${found}`);
}

/** @type {Operation[]} */
export const OUTPUTS = [
  {
    name: "forward",
    weight: 12,
    kinds: ["features", "options"],
    options: ["out", "type", "featureScale"],
    draw(random) {
      const head = drawHead(random);
      const x = drawFeatures(random, head);
      const spare = drawOut(random);
      return {
        shape: { head: head.shape, x: x.shape, spare },
        width: head.features,
        classes: head.classes,
        needs: x.rows * head.classes,
        on(backend, memory) {
          const h = head.on(backend, memory);
          const options = asOptions(memory.random, {
            ...x.options,
            ...placeOut(memory, x.rows * head.classes, spare),
          });
          return {
            args: [x.place(memory), options],
            run: h.forward.bind(h),
            results: (z) => z,
          };
        },
      };
    },
  },
  {
    name: "plan",
    weight: 5,
    kinds: ["floats", "options"],
    options: ["out"],
    draw(random) {
      const head = drawHead(random);
      const rows = drawRows(random, Math.max(head.features, head.classes));
      const [x, other] = [0, 1].map(() => drawFloats(random, rows, rows * head.features));
      const spare = drawOut(random);
      return {
        shape: { head: head.shape, x: x.shape, second: other.shape, spare },
        width: head.features,
        classes: head.classes,
        needs: rows * head.classes,
        on(backend, memory) {
          const h = head.on(backend, memory);
          const placed = memory.inPlace(/** @type {Float32Array} */ (x.array));
          const options = placeOut(memory, rows * head.classes, spare);
          return {
            args: [placed, options],
            run: h.plan.bind(h),
            results(forward) {
              const first = forward().slice();
              placed.set(other.array);
              if (!head.learned) h.scale = head.scale / 2;
              const second = forward();
              expectSame("plan and forward", second, h.forward(placed));
              return { first, second };
            },
          };
        },
      };
    },
  },
  {
    name: "topK",
    weight: 8,
    kinds: ["features", "k", "options"],
    options: ["type", "featureScale", "rerank"],
    draw(random) {
      const head = drawHead(random);
      const x = drawFeatures(random, head);
      const k = random.chance(0.1) ? head.classes : random.from(1, Math.min(head.classes, 12));
      const rerank = head.hasOriginals && random.chance(0.8) ? { rerank: random.from(k, head.classes) } : {};
      const spare = drawOut(random);
      return {
        shape: { head: head.shape, x: x.shape, k, ...rerank, spare },
        width: head.features,
        classes: head.classes,
        on(backend, memory) {
          const h = head.on(backend, memory);
          const length = x.rows * k;
          const out =
            spare === null
              ? {}
              : {
                  out: {
                    classes: memory.inPlace(new Int32Array(length)),
                    scores: memory.output(length, spare),
                  },
                };
          return {
            args: [x.place(memory), k, asOptions(memory.random, { ...x.options, ...rerank, ...out })],
            run: h.topK.bind(h),
            results: (best) => best,
          };
        },
      };
    },
  },
  {
    name: "probabilities",
    weight: 8,
    kinds: ["features", "options"],
    options: ["classes", "out", "type", "featureScale"],
    draw(random) {
      const head = drawHead(random);
      const x = drawFeatures(random, head);
      const spare = drawOut(random);
      const count = random.chance(0.5) ? null : random.from(1, 6);
      const numbers = Array.from({ length: count ?? 0 }, () => random.below(head.classes));
      const chosen = random.chance(0.5) ? numbers : Int32Array.from(numbers);
      return {
        shape: { head: head.shape, x: x.shape, chosen: count === null ? "all" : numbers, spare },
        width: head.features,
        classes: head.classes,
        needs: x.rows * (count ?? head.classes),
        on(backend, memory) {
          const h = head.on(backend, memory);
          const placed = x.place(memory);
          const length = x.rows * (count ?? head.classes);
          const classes =
            count === null ? {} : { classes: Array.isArray(chosen) ? chosen : memory.input(chosen) };
          return {
            args: [
              placed,
              asOptions(memory.random, { ...x.options, ...classes, ...placeOut(memory, length, spare) }),
            ],
            run: h.probabilities.bind(h),
            results: (p) => p,
          };
        },
      };
    },
  },
];
