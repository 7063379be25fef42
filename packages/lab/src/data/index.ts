export type { Loaded } from "./assemble.js";
export { type Dataset, type Inputs, type Part, sizeOf } from "./dataset.js";
export { countsOf } from "./labels.js";
export { loadDataset } from "./load.js";
export type { DataOptions } from "./options.js";
