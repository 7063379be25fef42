// Heads are dear to make, so cases that follow one another share some: those of one stretch of indices, which only seed and index tell.
import { FixedClassifier } from "../../dist/index.js";
import { drawProduct } from "./product-codes.js";
import { Random } from "./random.js";
import { drawNumber, floats } from "./values.js";

/** @import { Backend, CodeOptions, FixedClassifierOptions } from "../../dist/index.js" */
/** @import { Memory } from "./memory.js" */

const CASES_OF_A_POOL = 10_000;
const HEADS_OF_A_POOL = 60;

/** A head on every backend. */
class SharedHead {
  /** @type {Map<Backend, FixedClassifier>} */
  #on = new Map();
  /** @type {Float32Array | null} */
  #weights = null;

  /** @param {FixedClassifierOptions} options */
  constructor(options) {
    this.options = options;
    this.features = options.features;
    this.classes = options.classes;
    this.code = /** @type {CodeOptions} */ (options.code);
    this.learned = this.code.name === "learned";
  }

  /** @param {Backend} backend */
  on(backend) {
    let head = this.#on.get(backend);
    if (head === undefined) {
      head = new FixedClassifier({ ...this.options, backend });
      this.#on.set(backend, head);
      this.#weights ??= head.weights?.slice() ?? null;
    }
    return head;
  }

  /** The weights at the start. @param {Backend} backend */
  weights(backend) {
    this.on(backend);
    return this.#weights;
  }
}

/** A head with parameters of its own for one case. */
export class DrawnHead {
  /**
   * @param {Random} random
   * @param {SharedHead} shared
   */
  constructor(random, shared) {
    this.shared = shared;
    this.features = shared.features;
    this.classes = shared.classes;
    this.learned = shared.learned;
    this.hasOriginals = shared.code.name === "product" && shared.code.originals !== null;
    /** Whether its class vectors are those of a product code. */
    this.rounded = shared.code.name === "product";
    this.normalised = !this.learned && (shared.code.name !== "product" || shared.code.normalised !== false);
    this.scale = shared.learned ? 1 : random.chance(0.8) ? random.unit() * 20 - 4 : drawScale(random);
    this.bias = shared.options.bias === false ? null : drawBias(random, this.classes);
    this.newWeights =
      shared.learned && random.chance(0.3) ? floats(random, this.classes * this.features) : null;
  }

  /** What is printed of it. */
  get shape() {
    const { code, ...options } = this.shared.options;
    return { ...options, code, scale: this.scale };
  }

  /**
   * The head with these parameters, which stay until the case ends.
   * @param {Backend} backend
   * @param {Memory} memory
   */
  on(backend, memory) {
    const head = this.shared.on(backend);
    if (!this.learned) head.scale = this.scale;
    if (this.bias !== null) head.bias?.set(this.bias);
    memory.watch("the bias", head.bias, this.bias);
    const weights = this.newWeights ?? this.shared.weights(backend);
    if (weights !== null) head.weights?.set(weights);
    memory.watch("the weights", head.weights, weights);
    return head;
  }
}

/** What training that diverges may give, as long as it is a float32. @param {Random} random */
function drawScale(random) {
  return Math.fround(drawNumber(random));
}

/**
 * @param {Random} random
 * @param {number} classes
 */
function drawBias(random, classes) {
  const bias = random.chance(0.6) ? floats(random, classes, "normal") : floats(random, classes);
  if (random.chance(0.1)) bias[random.below(classes)] = -Infinity;
  return bias;
}

/** @type {Map<string, { heads: SharedHead[], random: Random }>} */
const pools = new Map();

/** @param {Random} random */
export function drawHead(random) {
  const pool = Math.floor(random.index / CASES_OF_A_POOL);
  const key = `${random.seed} ${pool}`;
  let found = pools.get(key);
  if (found === undefined) {
    pools.clear();
    found = { heads: [], random: new Random(random.seed ^ 0x68656164, pool) };
    pools.set(key, found);
  }
  const k = random.below(HEADS_OF_A_POOL);
  while (found.heads.length <= k) found.heads.push(makeHead(found.random));
  return new DrawnHead(random, found.heads[k]);
}

/** @param {Random} random */
function makeHead(random) {
  for (;;) {
    const options = drawOptions(random);
    try {
      new FixedClassifier(options);
      return new SharedHead(options);
    } catch (error) {
      // A code does not have vectors for every shape.
      if (!(error instanceof RangeError)) throw error;
    }
  }
}

const NAMES = /** @type {const} */ ([
  ...[
    "hadamard",
    "hadamard",
    "hadamard",
    "hadamard",
    "hadamard",
    "sylvester",
    "sylvester",
    "simplex",
    "orthoplex",
    "cube",
    "orthogonal",
    "learned",
    "product",
  ],
]);

/** Widths one below, at and above which there is a matrix, powers of two and those of Paley and of Williamson. */
const WIDTHS = [1, 2, 4, 8, 12, 16, 20, 32, 36, 64, 92, 116, 128, 156, 172, 184, 232, 256, 312, 344];

/**
 * @param {Random} random
 * @returns {FixedClassifierOptions}
 */
function drawOptions(random) {
  const name = random.pick(NAMES);
  const [features, classes] = drawShape(random, name);
  const bias = random.chance(0.7);
  const learnScale = random.chance(0.9);
  return { features, classes, code: drawCode(random, name, features, classes), bias, learnScale };
}

/**
 * @param {Random} random
 * @param {string} name
 * @returns {[features: number, classes: number]}
 */
function drawShape(random, name) {
  const dense = name === "orthogonal" || name === "learned";
  // A matrix is multiplied by plain TypeScript on every backend, where large ones show nothing new.
  if (dense) return [random.size(1, 50), random.size(1, 50)];
  if (random.chance(0.04)) return [random.size(300, 2100), random.size(300, 2100)];
  const width = random.chance(0.3) ? random.pick(WIDTHS) + random.from(-1, 1) : random.size(1, 80);
  const features = Math.max(1, name === "cube" ? Math.min(width, 10) : width);
  // Many classes take several blocks of a code.
  const classes = random.chance(0.15) ? random.size(features, 20 * features) : random.size(1, 2 * features);
  return [features, classes];
}

/**
 * @param {Random} random
 * @param {string} name
 * @param {number} features
 * @param {number} classes
 * @returns {CodeOptions}
 */
function drawCode(random, name, features, classes) {
  const seed = random.bits() >>> 0;
  switch (name) {
    case "hadamard":
      return random.chance(0.4)
        ? { name, seed, assignment: drawAssignment(random, classes) }
        : { name, seed };
    case "sylvester":
      return { name, seed, allowDuplicates: random.chance(0.7) };
    case "product":
      return {
        ...drawProduct(random, features, classes),
        originals: random.chance(0.6) ? drawOriginals(random, features, classes) : null,
      };
    case "orthogonal":
    case "learned":
      return { name, seed };
    default:
      return { name: /** @type {"simplex"} */ (name) };
  }
}

/**
 * Vectors of some of the classes, or of all.
 * @param {Random} random
 * @param {number} features
 * @param {number} classes
 */
function drawOriginals(random, features, classes) {
  const known = random.chance(0.5) ? classes : random.from(1, classes);
  const weights = Float32Array.from({ length: known * features }, () => random.from(-2000, 2000) / 512);
  const bias = Float32Array.from({ length: known }, () => random.from(-9, 9));
  return { weights, bias: random.chance(0.5) ? bias : null };
}

/**
 * Different numbers for some of the classes, from a few more than there are classes.
 * @param {Random} random
 * @param {number} classes
 */
function drawAssignment(random, classes) {
  const numbers = Int32Array.from({ length: classes + random.below(4) }, (_, i) => i);
  for (let i = numbers.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [numbers[i], numbers[j]] = [numbers[j], numbers[i]];
  }
  const taken = numbers.subarray(0, random.from(0, classes));
  return random.chance(0.5) ? taken.slice() : Array.from(taken);
}
