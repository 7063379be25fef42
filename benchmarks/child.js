import { fork } from "node:child_process";
import { once } from "node:events";

/** Runs a module in a process of its own, with a message to it if it waits for one. @returns what it sends */
export async function inOwnProcess(path, { settings, ...options } = {}) {
  const child = fork(path, options);
  if (settings !== undefined) child.send(settings);
  const [answer] = await Promise.race([once(child, "message"), once(child, "exit")]);
  // Of "exit" this is a number, or null.
  if (typeof answer !== "object" || answer === null) throw new Error(`${path} failed`);
  return answer;
}
