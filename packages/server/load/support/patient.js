import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Arguments of a server that never sends requests away because the machine is slow: 503 would be right, but not what is looked for. */
export function patient() {
  const folder = mkdtempSync(join(tmpdir(), "fixed-classifier-load-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "server.yaml");
  writeFileSync(path, "limits:\n  eventLoopLagMilliseconds: 100000\n");
  return ["--config", path];
}
