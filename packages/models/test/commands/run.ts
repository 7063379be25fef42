import { vi } from "vitest";
import { Problem } from "../../src/problem.js";
import { programOf } from "../../src/program.js";

/** The command, in this process: what it prints, and the one message where something is wrong. */
export async function run(
  ...args: string[]
): Promise<{ problem: string | null; stdout: string; stderr: string }> {
  const printed = { log: "", error: "" };
  const spies = (["log", "error"] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation((text: string) => {
      printed[name] += `${text}\n`;
    }),
  );
  let problem: string | null = null;
  try {
    await programOf().parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    problem = error.message;
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return { problem, stdout: printed.log, stderr: printed.error };
}
