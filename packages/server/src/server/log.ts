import { type Logger, pino } from "pino";

export type { Logger };

/** JSON, one line an event, on standard output, where containers and systemd look for it. */
export function logOf({ level }: { readonly level: string }): Logger {
  return pino({ name: "fixed-classifier", level, base: { pid: process.pid } });
}
