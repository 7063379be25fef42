// Calls that are no operation of a head: each value in the list is wrong.
import { allocate, createBackend, FixedClassifier, instructionSets, rotation } from "../../../dist/index.js";
import { BAD_ARGUMENTS, BAD_OPTIONS, NOTHING_LIKE_IT } from "./values.js";

/** @import { Backend } from "../../../dist/index.js" */

const HEAD = { features: 4, classes: 3 };
const NO_COUNTS = [...BAD_ARGUMENTS.count, ...NOTHING_LIKE_IT];
const NO_FLAGS = [0, "true", {}, NaN];
const NO_SEEDS = [-1, 1.5, NaN, "1", 2 ** 32, {}, true];

/** A head with an option that is wrong. @param {string} name */
const withOption = (name) => (/** @type {Backend} */ backend, /** @type {any} */ value) =>
  new FixedClassifier({ ...HEAD, backend, [name]: value });

/** @type {Record<string, { call: (backend: Backend, value: any) => unknown, values: readonly unknown[] }>} */
export const WRONG_CALLS = {
  "new FixedClassifier": {
    call: (_, value) => new FixedClassifier(value),
    values: [undefined, null, {}, { features: 3 }, { ...HEAD, clases: 3 }, ...BAD_ARGUMENTS.options],
  },
  features: { call: withOption("features"), values: NO_COUNTS },
  classes: { call: withOption("classes"), values: NO_COUNTS },
  code: {
    call: withOption("code"),
    values: [
      ...["hadamrd", "constructor", 3, {}, [], true, { name: "x" }, { name: "simplex", seed: 1 }],
      ...["seed", "sed"].map((option) => ({ name: "hadamard", [option]: -1 })),
      ...[[0, 0], [-1], "x", [0.5], [0, 1, 2, 3], ["0"], [1e9], new Float32Array(1)].map((assignment) => ({
        name: "hadamard",
        assignment,
      })),
      ...NO_SEEDS.map((seed) => ({ name: "orthogonal", seed })),
      ...NO_FLAGS.map((allowDuplicates) => ({ name: "sylvester", allowDuplicates })),
    ],
  },
  seed: { call: withOption("seed"), values: NO_SEEDS },
  bias: { call: withOption("bias"), values: NO_FLAGS },
  learnScale: { call: withOption("learnScale"), values: NO_FLAGS },
  scale: { call: withOption("scale"), values: [NaN, Infinity, "1", {}, 1e39, true, 1n] },
  backend: {
    call: (_, value) => new FixedClassifier({ ...HEAD, backend: value }),
    values: BAD_OPTIONS.backend({ rows: 0, classes: 0 }),
  },
  "head.scale": {
    call(backend, value) {
      new FixedClassifier({ ...HEAD, backend }).scale = value;
    },
    values: ["1", null, undefined, {}, 1e39, 1n, true],
  },
  "the scale of a learned head": {
    call(backend, value) {
      new FixedClassifier({ ...HEAD, backend, code: "learned" }).scale = value;
    },
    values: [2, 0, NaN],
  },
  "options of rotation": {
    call: (backend, value) =>
      rotation(Object.getPrototypeOf(value ?? 0) === Object.prototype ? { backend, ...value } : value),
    values: [
      ...[undefined, null, {}, { length: 4, sed: 1 }, { length: 4, backend: {} }, ...BAD_ARGUMENTS.options],
      ...NO_COUNTS.map((length) => ({ length })),
      ...NO_SEEDS.map((seed) => ({ length: 4, seed })),
      ...[0, 5, 1.5, NaN, "1", {}, true].map((rounds) => ({ length: 4, rounds })),
    ],
  },
  allocate: { call: (_, value) => allocate(value), values: [-1, 1.5, "3", NaN, 2 ** 31 + 1, null, {}] },
  "type of allocate": { call: (_, value) => allocate(4, value), values: ["float16", 3, {}, "constructor"] },
  "options of allocate": {
    call: (_, value) => allocate(4, "float32", value),
    values: [{ backnd: 1 }, { backend: {} }, ...BAD_ARGUMENTS.options],
  },
  createBackend: {
    call: (_, value) => createBackend(value),
    values: ["x", 3, undefined, null, {}, "constructor"],
  },
  "options of createBackend": {
    call: (_, value) => createBackend("js", value),
    values: [
      ...[{ threads: 0 }, { threads: 257 }, { threads: 1.5 }, { threads: "2" }, { thread: 1 }],
      ...[{ instructionSet: "x" }, { instructionSet: 3 }, ...BAD_ARGUMENTS.options],
    ],
  },
  instructionSets: {
    call: (_, value) => instructionSets(value),
    values: ["x", 3, undefined, null, "constructor"],
  },
  fromSafetensors: {
    call: (backend, value) => FixedClassifier.fromSafetensors(value, { backend }),
    values: [...BAD_ARGUMENTS.bytes, ...NOTHING_LIKE_IT, new Uint8Array(), new Uint8Array(8)],
  },
  "options of fromSafetensors": {
    call: (backend, value) =>
      FixedClassifier.fromSafetensors(FILE, typeof value === "object" ? { backend, ...value } : value),
    values: [
      ...[{ codes: "hadamard" }, { codes: ["x"] }, { codes: [] }, { maxClasses: 2 }, { maxFeatures: 3 }],
      ...[{ maxClasses: 1.5 }, { maxClasses: "3" }, { limit: 1 }, 3, "x"],
    ],
  },
  fromJSON: {
    call: (backend, value) => FixedClassifier.fromJSON(value, { backend }),
    values: [...BAD_ARGUMENTS.json, ...NOTHING_LIKE_IT, {}, { format: "fixed-classifier" }],
  },
};

const FILE = new FixedClassifier(HEAD).toSafetensors();
