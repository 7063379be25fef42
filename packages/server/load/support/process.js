import { readFileSync } from "node:fs";

/** Linux counts in hundredths of a second. */
const TICKS = 100;

const PAGE = 4096;

/** The processor time that a process has had, its own and the system's for it. */
export function cpuSeconds(pid) {
  const [, fields] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const [user, system] = fields.split(" ").slice(11, 13).map(Number);
  return (user + system) / TICKS;
}

/** The memory that a process holds. */
export function residentBytes(pid) {
  return Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * PAGE;
}
