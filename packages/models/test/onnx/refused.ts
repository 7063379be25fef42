import { expect } from "vitest";
import { Problem } from "../../src/problem.js";

/** The message with which something is refused. */
export function refused(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
    return (error as Problem).message;
  }
  throw new Error("was not refused");
}
