import { join } from "node:path";
import type { OnnxModel } from "../onnx/index.js";
import { Problem } from "../problem.js";
import { withTemporaryFolder } from "../temporary.js";
import type { ImageInput } from "./image-input.js";
import { optional } from "./optional.js";

/** The features of so many images, of which there are the pixels: one after the other, maybe with room for more behind them. */
export type Trunk = (pixels: Float32Array, count: number) => Promise<Float32Array>;

/** Runs a model up to its last layer in ONNX Runtime. Its session and its file are gone afterwards, whatever happens. */
export async function withTrunk<T>(
  model: OnnxModel,
  input: ImageInput,
  use: (trunk: Trunk) => Promise<T>,
): Promise<T> {
  const { path } = model;
  const { features } = model.lastLayer;
  // It would tell Microsoft of every session, and keep files of that in the folder of temporary ones.
  process.env.ORT_DISABLE_TELEMETRY ??= "1";
  const ort = await optional("onnxruntime-node", () => import("onnxruntime-node"));
  return withTemporaryFolder(async (folder) => {
    const file = join(folder, "trunk.onnx");
    model.write(model.cut(), file);
    const session = await ort.InferenceSession.create(file).catch((error: Error) => {
      throw new Problem(
        `${path}: ONNX Runtime does not run it: ${error.message}; compute features elsewhere, and give them as .npy`,
        { cause: error },
      );
    });
    const size = `${input.height} × ${input.width}`;
    try {
      return await use(async (pixels, count) => {
        const batch = input.batch ?? count;
        const tensor = new ort.Tensor("float32", pixels.subarray(0, batch * input.values), [
          batch,
          ...input.shape,
        ]);
        const output = await session.run({ [input.name]: tensor }).catch((error: Error) => {
          throw new Problem(
            `${path}: ONNX Runtime does not run it with images of ${size}: ${error.message}; look at --size, or give features as .npy`,
            { cause: error },
          );
        });
        const { data, dims } = output[session.outputNames[0]];
        // A row for each place of an image, or a layer that takes another size, would otherwise be cut into rows that are none.
        if (dims[0] !== batch || dims[1] !== features) {
          throw new Problem(
            `${path} makes ${dims.join(" × ")} features of ${batch} images of ${size}, where ${batch} × ${features} were expected: look at --size, or give the rows that the last layer takes as .npy`,
          );
        }
        return (data as Float32Array).subarray(0, count * features);
      });
    } finally {
      await session.release();
    }
  });
}
