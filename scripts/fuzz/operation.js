// What an operation is to the rest of the fuzzer.

/** @import { Backend } from "../../dist/index.js" */
/** @import { Result } from "./compare.js" */
/** @import { Memory } from "./memory.js" */
/** @import { Random } from "./random.js" */

/**
 * What an argument is, for those who break it.
 * @typedef {"features" | "floats" | "transformed" | "labels" | "gradLogits" | "k" | "count" | "bytes" | "json" | "options"} ArgumentKind
 */

/**
 * A call on one backend, about to be made.
 * @typedef {object} Call
 * @property {unknown[]} args
 * @property {(...args: any[]) => any} run the call and nothing else, which may return a promise
 * @property {(returned: any) => Result | Promise<Result>} results what is compared with that of other backends; may throw a Failure
 */

/**
 * A case of an operation.
 * @typedef {object} Drawn
 * @property {Record<string, unknown>} shape what is printed of it if it fails
 * @property {number | undefined} [width] elements of a row of the first argument
 * @property {number} [classes] of the head
 * @property {number} [needs] elements that the option `out` must have room for, or its part `features`
 * @property {(backend: Backend, memory: Memory) => Call} on
 */

/**
 * An operation that is tried: a file or an entry beside the others, and a place in the list in operations/index.js.
 * @typedef {object} Operation
 * @property {string} name
 * @property {number} weight how often it comes
 * @property {readonly ArgumentKind[]} kinds of its arguments; none if they are not to be broken
 * @property {readonly string[]} options that its last argument may have
 * @property {(random: Random) => Drawn} draw
 */

/**
 * Options of a call; where there are none, one of the ways to say so.
 * @param {Random} random
 * @param {object} options
 */
export const asOptions = (random, options) =>
  Object.keys(options).length === 0 ? random.pick([undefined, null, {}]) : options;
