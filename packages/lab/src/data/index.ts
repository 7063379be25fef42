export { foldOf, type Loaded } from "./assemble.js";
export { type Dataset, type Inputs, type Part, sizeOf } from "./dataset.js";
export { countsOf } from "./labels.js";
export type { Layout } from "./layout.js";
export { available, loadDataset } from "./load.js";
export type { DataOptions } from "./options.js";
