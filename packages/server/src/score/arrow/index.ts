export { MAGIC, openFile } from "./read-file.js";
export { openStream } from "./read-stream.js";
export { scoreArrow } from "./score-arrow.js";
