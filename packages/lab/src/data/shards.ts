import { Problem } from "../problem.js";

/** "train-00001-of-00004.parquet": what stands before the number, the number, how many there are, and the rest. */
const SHARD = /^(.*)-(\d{3,})-of-(\d{3,})(\W.*)?$/s;

/** Files that are pieces of one table, as large tables are often kept: the first of them stands for all. */
export function shardsOf(paths: readonly string[]): Map<string, readonly string[]> {
  const sets = new Map<string, string[]>();
  for (const path of paths) {
    const [, before, , count, after] = SHARD.exec(path) ?? [null, path, null, "", ""];
    const key = `${before}\0${count}\0${after ?? ""}`;
    sets.set(key, [...(sets.get(key) ?? []), path]);
  }
  return new Map(
    [...sets.values()].map((set) => {
      const sorted = set.sort();
      checkWhole(sorted);
      return [sorted[0], sorted.slice(1)];
    }),
  );
}

/** That none is missing; of a single file that is named, it is taken that it is meant alone. */
function checkWhole(shards: readonly string[]): void {
  const count = Number(SHARD.exec(shards[0])?.[3] ?? 1);
  if (shards.length === 1 || shards.length === count) return;
  throw new Problem(
    `${shards[0]} is one of ${count} files that belong together, of which ${shards.length} are there. Fetch the others, or name one alone`,
  );
}
