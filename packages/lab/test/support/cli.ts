import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const COMMAND = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
export const FASHION = fileURLToPath(
  new URL("../../../../examples/data/fashion-mnist-small", import.meta.url),
);

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command as a user does; `during` is given the process while it runs. */
export async function lab(
  args: readonly string[],
  during: (kill: (signal: NodeJS.Signals) => void) => void = () => {},
  cwd = process.cwd(),
): Promise<Ended> {
  const child = spawn(process.execPath, [COMMAND, ...args], { cwd, env: { ...process.env, NO_COLOR: "1" } });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data) => {
    stdout += data;
  });
  child.stderr.on("data", (data) => {
    stderr += data;
  });
  during((signal) => child.kill(signal));
  const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { status, stdout, stderr };
}
