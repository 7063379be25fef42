import { Problem } from "../problem.js";

/** A package that only images need. */
export async function optional<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    throw new Problem(
      `images are read by sharp and computed by onnxruntime-node, and ${name} is not there (${(error as Error).message.split("\n")[0]}): npm install ${name}`,
      { cause: error },
    );
  }
}
