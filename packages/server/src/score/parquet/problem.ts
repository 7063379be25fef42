import { Problem } from "fixed-classifier-models/files";

/** What is said of a file that contradicts itself. */
export function damaged(name: string, what: string, cause?: unknown): Problem {
  return new Problem(`${name} is damaged or no Parquet file: ${what}. Write or fetch it again`, { cause });
}

/** Reads what may be damaged: whatever goes wrong there is told as that. */
export function reading<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw damaged(name, (error as Error).message, error);
  }
}
