import { type DataOptions, loadDataset } from "../../src/data/index.js";
import { Problem } from "../../src/problem.js";

/** What is said of data that cannot be read. */
export async function problem(paths: string | readonly string[], options: DataOptions = {}): Promise<string> {
  try {
    await loadDataset(typeof paths === "string" ? [paths] : paths, options);
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
  throw new Error("it was read without complaint");
}
