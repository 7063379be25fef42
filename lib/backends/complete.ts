/** Heads and rotations on a backend that was loaded for the transform: apart, so that a bundle has them only where they are used. */

import type { Backend, BackendName, Opened, TableKernels } from "./backend.js";
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
  const { head, productHead = createHead, rotation, nearestRows } = kernels;
  return withRotation(
    withPlaces({
      ...transform,
      head(table) {
        if (table.kind === "hadamard") return head(table);
        if (table.kind === "dense") return createHead(table);
        return productHead(table);
      },
      rotation,
      ...(nearestRows && { nearestRows }),
    }),
  );
}
