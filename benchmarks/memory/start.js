// Starts one measurement of memory: a process of its own, so that nothing else is counted.
import { fileURLToPath } from "node:url";
import { inOwnProcess } from "../child.js";

/**
 * @param {string} script a file of this folder
 * @param {string[]} [args]
 * @returns {Promise<{ nanoseconds: number, reading?: number, bytes: number }>} what it sends
 */
export const measureMemory = (script, args = []) =>
  inOwnProcess(fileURLToPath(new URL(script, import.meta.url)), { args, execArgv: ["--expose-gc"] });
