#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { addBenchCommand } from "./commands/bench.js";
import { addCodesCommand } from "./commands/codes.js";
import { addCompareCommand } from "./commands/compare.js";
import { addEvaluateCommand } from "./commands/evaluate.js";
import { addInfoCommand } from "./commands/info.js";
import { addPredictCommand } from "./commands/predict.js";
import { addTrainCommand } from "./commands/train.js";
import { Problem } from "./problem.js";

// Who reads may stop, as `head` does, or the other end of a connection: what was begun is ended all the same.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", ({ code }: NodeJS.ErrnoException) => {
    if (code !== "EPIPE" && code !== "EIO") process.exit(1);
  });
}

const program = new Command("fixed-classifier-lab")
  .description(
    "Does a last layer that is fixed cost accuracy on your data? Trains it beside a learned one, on a CPU.",
  )
  .exitOverride()
  .showHelpAfterError("--help tells more");
addTrainCommand(program);
addPredictCommand(program);
addEvaluateCommand(program);
addCompareCommand(program);
addCodesCommand(program);
addInfoCommand(program);
addBenchCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else if (error instanceof Problem) {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  } else throw error;
}
