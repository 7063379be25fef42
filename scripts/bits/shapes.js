// Which lengths and heads are hashed: ALL by `npm run bits`, and FEW where a runtime may be a hundred times slower than the kernels.

/** @import { FixedClassifierOptions } from "../../dist/index.js" */

/**
 * @typedef {object} Shapes
 * @property {readonly number[]} lengths of transforms
 * @property {readonly number[]} notSymmetric lengths b·2^m whose matrix B is not symmetric
 * @property {readonly number[]} rotations their lengths
 * @property {readonly [shape: readonly number[], axes: readonly number[]][]} axes shapes, and which of their axes are transformed
 * @property {readonly FixedClassifierOptions[]} heads
 * @property {readonly FixedClassifierOptions[]} notSymmetricHeads heads whose transposed transform has another matrix
 * @property {readonly number[]} rows numbers of rows, by turns
 */

const POWERS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 18].map((m) => 2 ** m);
const OTHERS = [12, 20, 24, 28, 36, 100, 200, 256 * 3, 384, 640, 1008, 1280, 1664, 7168, 20 * 4096];

/** @param {[features: number, classes: number][]} list */
const heads = (list) => list.map(([features, classes]) => ({ features, classes }));

/** @type {Shapes} */
export const ALL = {
  lengths: [...POWERS, ...OTHERS],
  notSymmetric: [92, 116, 156, 172, 184, 232, 344, 11_008],
  rotations: [
    ...POWERS,
    ...OTHERS,
    ...[3, 5, 7, 33, 63, 100, 127, 129, 333, 1000, 1023, 3000, 11_008, 300_001],
  ],
  axes: [
    [[64, 64], [0]],
    [
      [64, 64],
      [0, 1],
    ],
    [[3, 128, 17], [1]],
    [
      [20, 5, 24],
      [0, 2],
    ],
    [
      [48, 640],
      [0, 1],
    ],
    [[2, 4096, 33], [1]],
    [[1024, 1100], [0]],
    [[1280, 210], [0]],
    [[256, 3], [0]],
  ],
  // Powers of two, Paley orders, few and many classes, several blocks, columns, dense matrices.
  heads: [
    ...heads([
      [1, 2],
      [2, 3],
      [3, 5],
      [5, 8],
      [7, 16],
      [16, 15],
      [17, 33],
      [64, 10],
      [64, 127],
      [100, 101],
      [128, 300],
      [200, 100],
      [255, 511],
      [256, 128],
      [257, 300],
      [300, 1500],
      [384, 50],
      [512, 255],
      [512, 256],
      [512, 1000],
      [768, 2000],
      [1000, 17],
      [1024, 255],
      [1024, 2048],
      [1280, 1000],
      [1664, 1000],
      [2048, 500],
      [2048, 1000],
      [4096, 1000],
      [512, 5000],
    ]),
    { features: 40, classes: 2000, code: "hadamard", seed: 7 },
    { features: 100, classes: 1100, code: "product", seed: 2 },
    { features: 77, classes: 300, code: { name: "product", width: 8 } },
    { features: 64, classes: 40, code: { name: "product", width: 16 } },
    { features: 64, classes: 10, code: "sylvester" },
    { features: 100, classes: 70, code: "sylvester" },
    { features: 60, classes: 200, code: "sylvester", allowDuplicates: true },
    { features: 1280, classes: 1000, code: "sylvester" },
    { features: 3, classes: 4, code: "simplex" },
    { features: 19, classes: 20, code: "simplex" },
    { features: 511, classes: 500, code: "simplex" },
    { features: 4, classes: 8, code: "orthoplex" },
    { features: 48, classes: 90, code: "orthoplex" },
    { features: 10, classes: 1000, code: "cube" },
    { features: 3, classes: 5, code: "cube" },
    { features: 37, classes: 50, code: "orthogonal", seed: 3 },
    { features: 64, classes: 10, code: "learned", seed: 5 },
  ],
  notSymmetricHeads: [
    ...heads([
      [90, 100],
      [116, 20],
      [156, 400],
      [172, 171],
      [344, 1000],
      [11_008, 30],
    ]),
    { features: 91, classes: 50, code: "simplex" },
    { features: 184, classes: 200, code: "orthoplex" },
  ],
  rows: [1, 2, 33, 70],
};

/** @type {Shapes} */
export const FEW = {
  lengths: [1, 2, 4, 16, 64, 128, 512, 2048, 12, 20, 28, 100, 384, 1280],
  notSymmetric: [92, 116, 344],
  rotations: [1, 5, 63, 64, 129, 384, 1000],
  axes: [
    [[3, 128, 17], [1]],
    [
      [20, 5, 24],
      [0, 2],
    ],
    [
      [48, 64],
      [0, 1],
    ],
  ],
  heads: [
    ...heads([
      [1, 2],
      [17, 33],
      [64, 10],
      [100, 101],
      [128, 300],
      [384, 50],
    ]),
    { features: 40, classes: 200, code: "hadamard", seed: 7 },
    { features: 77, classes: 60, code: { name: "product", width: 8 } },
    { features: 60, classes: 200, code: "sylvester", allowDuplicates: true },
    { features: 19, classes: 20, code: "simplex" },
    { features: 48, classes: 90, code: "orthoplex" },
    { features: 10, classes: 100, code: "cube" },
    { features: 37, classes: 50, code: "orthogonal", seed: 3 },
    { features: 64, classes: 10, code: "learned", seed: 5 },
  ],
  notSymmetricHeads: [...heads([[156, 40]]), { features: 91, classes: 50, code: "simplex" }],
  rows: [1, 2, 5, 33],
};
