/** Everything that reads data: files of any format to rows, classes and parts, and text to numbers of words. */
export { foldOf, type Loaded } from "./assemble.js";
export { type Dataset, type Inputs, type Part, sizeOf } from "./dataset.js";
export { estimateMemory, inBytes, type MemoryEstimate } from "./estimate.js";
export { countsOf } from "./labels.js";
export type { Layout } from "./layout.js";
export { available, loadDataset } from "./load.js";
export { loadInputs, type MoreOptions, type MoreRows } from "./more.js";
export { type DataOptions, DEFAULTS } from "./options.js";
export { loadText, type WordOptions, type Words } from "./words.js";
