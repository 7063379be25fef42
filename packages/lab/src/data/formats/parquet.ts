import type { Format } from "./format.js";

/** A table column by column, packed in any of the ways that Parquet knows. */
export const parquet: Format = {
  name: "Parquet table",
  endings: /\.(parquet|pq)$/i,
  read: async (path) => (await import("./parquet-table.js")).readParquet(path),
  estimate: async (path) => (await import("./parquet-table.js")).estimateParquet(path),
};
