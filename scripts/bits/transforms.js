// Transforms, their axes, half types and matrices, and rotations: what is hashed without a head.
import { doubles, floats, integers, KINDS } from "./inputs.js";

/** @import { Backend, FwhtOptions, Ordering, TransformArray } from "../../dist/index.js" */
/** @import { Api, Case } from "./cases.js" */
/** @import { Shapes } from "./shapes.js" */

/** @type {Ordering[]} */
const ORDERINGS = ["sequency", "dyadic"];

/**
 * @param {Api} api
 * @param {Shapes} shapes
 * @returns {Record<string, Case>}
 */
export function transformCases({ fwht, rotation }, shapes) {
  /**
   * Transforms of arrays that `fill` makes, in every length and order.
   * @param {Backend} backend
   * @param {(length: number, seed: number) => TransformArray} fill
   * @param {NonNullable<FwhtOptions["scale"]>[]} scales
   */
  function* transforms(backend, fill, scales) {
    let seed = 1;
    for (const n of shapes.lengths) {
      for (const scale of scales) {
        const rows = n <= 4096 ? 3 : 1;
        const x = fill(rows * n, seed++);
        fwht(x, { rowLength: n, scale, backend });
        yield x;
      }
    }
    for (const ordering of ORDERINGS) {
      const x = fill(3 * 64, seed++);
      fwht(x, { rowLength: 64, ordering, backend });
      yield x;
    }
    const bound = fill(1024, seed);
    const run = fwht.plan(bound, { backend });
    run();
    run();
    yield bound;
  }

  return {
    "fwht float32": (backend) => transforms(backend, floats, [1, "orthonormal", "inverse", 0.3]),
    "fwht float64": (backend) => transforms(backend, doubles, [1, "orthonormal", "inverse", 0.3]),
    "fwht int32": (backend) => transforms(backend, integers, [1, "inverse"]),

    "fwht of axes": function* (backend) {
      let seed = 1;
      for (const [shape, axes] of shapes.axes) {
        const length = shape.reduce((a, b) => a * b);
        for (const fill of [floats, doubles, integers]) {
          const x = fill(length, seed++);
          yield fwht(x, { shape, axes, scale: "inverse", backend });
        }
      }
    },

    "fwht of half types": function* (backend) {
      let seed = 1;
      for (const type of /** @type {const} */ (["float16", "bfloat16"])) {
        for (const rowLength of [1, 2, 16, 48, 1024]) {
          for (const scale of /** @type {const} */ ([1, "orthonormal"])) {
            const bits = Uint16Array.from(integers(5 * rowLength, seed++), (v) => v & 0xbfff);
            yield Int32Array.from(fwht(bits, { type, rowLength, scale, backend }));
          }
        }
        const bits = Uint16Array.from(integers(20 * 7 * 16, seed++), (v) => v & 0xbfff);
        yield Int32Array.from(fwht(bits, { type, shape: [20, 7, 16], axes: [0, 2], backend }));
      }
    },

    rotation: function* (backend) {
      let seed = 1;
      for (const length of shapes.rotations) {
        for (const rounds of length <= 4096 ? [1, 2] : [1]) {
          const x = floats((length <= 4096 ? 3 : 1) * length, seed, KINDS[seed++ % KINDS.length]);
          const r = rotation({ length, seed, rounds, backend });
          yield r.apply(x.slice());
          yield r.invert(x);
        }
      }
    },

    "fwht by matrices that are not symmetric": function* (backend) {
      let seed = 1;
      for (const n of shapes.notSymmetric) {
        for (const transpose of [false, true]) {
          for (const fill of [floats, doubles, integers]) {
            for (const scale of /** @type {const} */ ([1, "inverse"])) {
              const x = fill(3 * n, seed++);
              fwht(x, { rowLength: n, transpose, scale, backend });
              yield x;
            }
          }
        }
      }
    },
  };
}
