/**
 * Everything that `fixed-classifier` and `fixed-classifier/tfjs` export, and the options that their types are made of. Arrays with two
 * dimensions are row-major: "rows × features" is one row of features after another.
 *
 * @groupDescription Options of codes and losses
 * Parts of {@link CodeOptions} and {@link LossOptions}, which are exported; these names are not.
 * @groupDescription fixed-classifier/tfjs
 * The layer for TensorFlow.js: `import { fixedClassifier } from "fixed-classifier/tfjs"`.
 * @module
 */

export * from "../../lib/adapters/tfjs/layer.js";
export type { SeedOptions } from "../../lib/codes/dense.js";
export type { HadamardOptions } from "../../lib/codes/hadamard.js";
export type { ProductOptions } from "../../lib/codes/product.js";
export type { Originals } from "../../lib/codes/product-originals.js";
export type { SylvesterOptions } from "../../lib/codes/sylvester.js";
export * from "../../lib/index.js";
export type { CrossEntropyOptions } from "../../lib/losses/cross-entropy.js";
export type { DotRegressionOptions } from "../../lib/losses/dot-regression.js";
