/** Heads and rotations on a backend that was loaded for the transform: apart, so that a bundle has them only where they are used. */

import type { ProductTable } from "../table.js";
import type { Backend, BackendName, HeadKernels, Opened, TableKernels } from "./backend.js";
import { createHead } from "./js/head.js";
import { createRotation } from "./js/rotation.js";
import { withPlaces } from "./places.js";
import { withRotation } from "./rotated.js";
import { type WasmEngine, wasmKernels } from "./wasm/kernels.js";

/** A new backend is one line here. */
const KERNELS: Readonly<Record<BackendName, (engine: never) => TableKernels>> = {
  // Its kernels are in the addon, so that there is nothing to leave out.
  native: (engine: TableKernels) => engine,
  wasm: (engine: WasmEngine) => wasmKernels(engine),
  js: () => ({ head: createHead, rotation: (table) => createRotation(table) }),
};

export function completeBackend({ transform, engine }: Opened): Backend {
  const kernels = KERNELS[transform.name](engine as never);
  const { head, productHead = createHead, everyProduct = false, rotation } = kernels;
  return withRotation(
    withPlaces({
      ...transform,
      head(table) {
        if (table.kind === "hadamard") return head(table);
        if (table.kind === "dense") return createHead(table);
        return everyProduct ? productHead(table) : completeProduct(table, productHead);
      },
      rotation,
    }),
  );
}

/** Plain TypeScript does what the kernels of a backend do not. */
function completeProduct(
  table: ProductTable,
  productHead: (table: ProductTable) => HeadKernels,
): HeadKernels {
  if (table.magnitudes !== null || !table.normalised) return createHead(table);
  const kernels = productHead(table);
  return {
    ...kernels,
    backward(x, parameters, gradLogits, gradients) {
      const { backward } = gradients.weights === null ? kernels : createHead(table);
      backward(x, parameters, gradLogits, gradients);
    },
    lossAndGradient(x, parameters, loss, losses, gradients) {
      const { lossAndGradient } = gradients.weights === null ? kernels : createHead(table);
      lossAndGradient(x, parameters, loss, losses, gradients);
    },
  };
}
