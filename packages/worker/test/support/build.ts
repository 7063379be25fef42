/** Once, before the tests of all files. */
export { buildWorker as setup } from "../../scripts/build.js";
