import { fork } from "node:child_process";
import { once } from "node:events";

/**
 * Runs a module in a process of its own, with a message to it if it waits for one.
 * @template T
 * @param {string} path
 * @param {import("node:child_process").ForkOptions & { settings?: object, args?: string[] }} options
 * @returns {Promise<T>} what it sends
 */
export async function inOwnProcess(path, { settings, args, ...options } = {}) {
  const child = fork(path, args, options);
  if (settings !== undefined) child.send(settings);
  const [answer] = await Promise.race([once(child, "message"), once(child, "exit")]);
  // Of "exit" this is a number, or null.
  if (typeof answer !== "object" || answer === null) throw new Error(`${path} failed`);
  return answer;
}

/**
 * The other end: sends what such a process has measured, and lets the process end.
 * @param {object} measured
 */
export function answer(measured) {
  if (process.send === undefined) throw new Error("this module runs in a process that another one starts");
  process.send(measured, () => process.disconnect());
}
