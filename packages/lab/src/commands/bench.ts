import { cpus } from "node:os";
import Table from "cli-table3";
import type { Command } from "commander";
import { backend } from "fixed-classifier";
import { type BenchCase, CASES } from "../bench/cases.js";
import { measure, type Times } from "../bench/measure.js";
import { createEngine, type Engine } from "../engine/index.js";
import { Problem } from "../problem.js";

interface BenchOptions {
  cases?: string;
  seconds: string;
  json?: boolean;
}

interface BenchResult {
  readonly cpu: string;
  readonly node: string;
  /** Of the fixed heads, which no engine runs. */
  readonly backend: string;
  readonly engines: readonly string[];
  readonly cases: readonly {
    readonly name: string;
    readonly about: string;
    readonly times: readonly Times[];
  }[];
}

export function addBenchCommand(program: Command): void {
  program
    .command("bench")
    .description("Measures steps of training, and the head's part of one, on every engine that is installed.")
    .option("--cases <list>", `some of: ${CASES.map(({ name }) => name).join("; ")}`)
    .option("--seconds <number>", "for each case, if nine steps are done by then", "5")
    .option("--json", "the same as JSON")
    .action(async (options: BenchOptions) => {
      const result = await bench(casesOf(options.cases), secondsOf(options.seconds), (about) => {
        if (options.json !== true) console.error(about);
      });
      console.log(options.json === true ? JSON.stringify(result, null, 1) : textOf(result));
    });
}

export async function bench(
  cases: readonly BenchCase[],
  seconds: number,
  onCase: (about: string) => void,
): Promise<BenchResult> {
  const engines = await installed();
  const results = [];
  for (const { name, about, prepare } of cases) {
    onCase(about);
    const prepared = [];
    for (const engine of engines) prepared.push({ name: engine.name, ...(await prepare(engine)) });
    results.push({ name, about, times: await measure(prepared, seconds) });
    for (const { release } of prepared) await release();
  }
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    node: process.version,
    backend: `${backend.name} ${backend.instructionSet}`,
    engines: engines.map(({ description }) => description),
    cases: results,
  };
}

async function installed(): Promise<Engine[]> {
  const best = await createEngine("auto");
  return best.name === "embedded" ? [best] : [best, await createEngine("embedded")];
}

function textOf({ cpu, node, backend, engines, cases }: BenchResult): string {
  const names = cases[0].times.map(({ name }) => name);
  const table = new Table({
    head: ["a step, ms", ...names],
    style: { head: [], border: [] },
    colAligns: ["left", ...names.map(() => "right" as const)],
  });
  for (const { name, times } of cases) table.push([name, ...times.map(rangeOf)]);
  return [
    `${cpu}, one thread, Node ${node}; ${engines.join(", ")}; fixed heads: ${backend}`,
    table.toString(),
    "The median, and between which times the half of all steps was.",
  ].join("\n");
}

const rangeOf = ({ median, quarter, threeQuarters }: Times): string =>
  `${milliseconds(median)}  (${milliseconds(quarter)} – ${milliseconds(threeQuarters)})`;

const milliseconds = (value: number): string => value.toFixed(value < 10 ? 2 : 1);

function casesOf(list: string | undefined): readonly BenchCase[] {
  if (list === undefined) return CASES;
  return list.split(";").map((text) => {
    const found = CASES.find(({ name }) => name === text.trim());
    if (found === undefined)
      throw new Problem(
        `--cases: there is no "${text.trim()}"; give some of "${CASES.map(({ name }) => name).join("; ")}"`,
      );
    return found;
  });
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (text.trim() === "" || !(seconds >= 0 && seconds <= 3600))
    throw new Problem(`--seconds is "${text}": give a number from 0 to 3600`);
  return seconds;
}
