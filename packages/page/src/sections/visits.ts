// What the last training reached, beside the network that the worker keeps.
import { messageOf, type Result } from "../worker/messages.js";

const KEY = "fixed-classifier-page";

/** @returns null, or why it could not be kept */
export function remember(result: Result): string | null {
  try {
    localStorage.setItem(KEY, JSON.stringify(result));
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

/** What was kept, if that is a result; a browser that forbids storage has kept nothing. */
export function recall(): Result | null {
  try {
    const result = JSON.parse(localStorage.getItem(KEY) ?? "null");
    const numbers = [result?.accuracy?.fixed, result?.parameters?.fixed, result?.testImages];
    return numbers.every((number) => typeof number === "number") ? result : null;
  } catch {
    return null;
  }
}
