// TensorFlow.js on WebAssembly, one thread.
import { createRequire } from "node:module";
import { dirname } from "node:path";

// That of the checkout: the package of the network brings an old one. In CommonJS, since the backend does not start from an ES module.
const require = createRequire(new URL("../../package.json", import.meta.url));
/** @type {typeof import("@tensorflow/tfjs")} */
export const tf = require("@tensorflow/tfjs");
/** @type {typeof import("@tensorflow/tfjs-backend-wasm")} */
const { setThreadsCount, setWasmPaths } = require("@tensorflow/tfjs-backend-wasm");

setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);
setThreadsCount(1);
if (!(await tf.setBackend("wasm"))) throw new Error("TensorFlow.js has no WebAssembly here");
