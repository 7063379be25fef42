import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cannotWrite } from "../files.js";
import { Problem } from "../problem.js";

const FILE = "process.pid";

/**
 * Until this process ends, no other one trains in this folder: both would write the same checkpoints. One that was killed leaves its mark,
 * which counts only as long as there is a process of that number.
 */
export function holdFolder(folder: string): void {
  const path = join(folder, FILE);
  for (;;) {
    try {
      mkdirSync(folder, { recursive: true });
      writeFileSync(path, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (!existsSync(path)) throw cannotWrite(path, error);
      const holder = Number(readFileSync(path, "utf8"));
      if (holder === process.pid) return;
      if (isAlive(holder)) {
        throw new Problem(
          `process ${holder} trains in ${folder}: wait for it or stop it; if it is another program, remove ${path}`,
        );
      }
      rmSync(path, { force: true });
    }
  }
  process.on("exit", () => rmSync(path, { force: true }));
}

/** Signal 0 only asks; whose process it may not be told is there too. */
function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
