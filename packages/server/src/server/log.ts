import { type Logger, pino } from "pino";

export type { Logger };

/** What could not be written waits for the next try, up to so many bytes. */
const LONGEST = 2 ** 20;

/** JSON, one line an event, on standard output, where containers and systemd look for it. */
export function logOf({ level }: { readonly level: string }): Logger {
  const output = pino.destination({ fd: 1, sync: true, maxLength: LONGEST });
  // A log that cannot be written, as its disc is full, is no reason to answer nobody: what it would have said is lost, and nothing else.
  output.on("error", () => {});
  return pino({ name: "fixed-classifier", level, base: { pid: process.pid } }, output);
}
