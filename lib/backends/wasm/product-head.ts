import type { ProductTable } from "../../table.js";
import type { HeadKernels } from "../backend.js";
import { createHead as createPlainHead } from "../js/head.js";
import { Engine } from "./engine.js";
import { createKernels } from "./head.js";
import { productImage } from "./product-table.js";

/** Larger rows are not copied again when another head was in the memory last. */
const MOST_SHARED = 2 ** 20;

/**
 * The kernels of a head of a product code. One of many classes has a memory of its own, which is collected with it; where there is none to be
 * had, plain TypeScript does it.
 */
export function createProductHead(engine: Engine, table: ProductTable): HeadKernels {
  if (table.packed.byteLength <= MOST_SHARED) {
    return createKernels(engine, table, productImage(table, engine.heapStart));
  }
  try {
    const own = new Engine(engine.module);
    const { words, ...image } = productImage(table, own.heapStart);
    own.reserve(image.end);
    own.i32.set(words, own.heapStart / words.BYTES_PER_ELEMENT);
    return createKernels(own, table, { ...image, words: new Int32Array() });
  } catch {
    return createPlainHead(table);
  }
}
