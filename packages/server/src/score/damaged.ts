import { Problem } from "fixed-classifier-models/files";

/** How a format tells of a table that contradicts itself. */
export function damageOf(kind: string) {
  const damaged = (name: string, what: string, cause?: unknown): Problem =>
    new Problem(`${name} is damaged or no ${kind}: ${what}. Write or fetch it again`, { cause });

  /** Reads what may be damaged: whatever goes wrong there is told as that. */
  function reading<T>(name: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw damaged(name, (error as Error).message, error);
    }
  }
  return { damaged, reading };
}
