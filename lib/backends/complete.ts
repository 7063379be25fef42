/** Heads and rotations on a backend that was loaded for the transform: apart, so that a bundle has them only where they are used. */

import type { HeadTable } from "../table.js";
import type { Backend, BackendName, HeadKernels, Opened, TableKernels } from "./backend.js";
import { createHead } from "./js/head.js";
import { createRotation } from "./js/rotation.js";
import { inPlaces } from "./places.js";
import { rotated } from "./rotated.js";
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
  function headOf(table: HeadTable): HeadKernels {
    if (table.kind === "hadamard") {
      const { places } = table;
      if (places === null) return head(table);
      return inPlaces(head({ ...table, places: null }), table, places);
    }
    if (table.kind === "dense") return createHead(table);
    if (table.rotation === null) return productHead(table);
    return rotated(productHead({ ...table, rotation: null }), rotation(table.rotation));
  }
  return { ...transform, head: headOf, rotation, ...(nearestRows && { nearestRows }) };
}
