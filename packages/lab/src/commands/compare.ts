import { existsSync } from "node:fs";
import type { Command } from "commander";
import { writeWhole } from "../files.js";
import { readSources } from "../report/read.js";

export function addCompareCommand(program: Command): void {
  program
    .command("compare")
    .description("Puts several experiments into one table and one report.")
    .argument("<results...>", "folders of experiments, or their results.json")
    .option("--out <file>", "the report; default: comparison.html, numbered where there is one")
    .action(async (paths: string[], { out }: { out?: string }) => {
      console.log(await compare(paths, out ?? freshFile("comparison", ".html")));
    });
}

/** The table, and where the report was written. */
export async function compare(paths: readonly string[], out: string): Promise<string> {
  const sources = readSources(paths);
  const { renderReport, summaryTable } = await import("../report/index.js");
  writeWhole(out, await renderReport(sources));
  return `${summaryTable(sources)}\n\nThe report: ${out}`;
}

function freshFile(name: string, end: string): string {
  for (let count = 1; ; count++) {
    const file = `${name}${count === 1 ? "" : `-${count}`}${end}`;
    if (!existsSync(file)) return file;
  }
}
