import { damageOf } from "../damaged.js";

export const { damaged, reading } = damageOf("Parquet file");
