import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Gives a folder that is gone afterwards, also where the process is ended meanwhile, by Ctrl-C or otherwise. */
export async function withTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  let folder: string | undefined;
  const remove = (): void => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  };
  const ended = (signal: NodeJS.Signals): void => {
    remove();
    process.off(signal, ended);
    // Without a listener of its own the process ends as it would have without this one.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  process.once("exit", remove);
  for (const signal of SIGNALS) process.on(signal, ended);
  try {
    // Only now: a signal that came between would leave it.
    folder = mkdtempSync(join(tmpdir(), "fixed-classifier-"));
    return await use(folder);
  } finally {
    process.off("exit", remove);
    for (const signal of SIGNALS) process.off(signal, ended);
    remove();
  }
}
