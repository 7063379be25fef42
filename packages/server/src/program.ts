import { Command } from "commander";
import { addScoreCommand } from "./commands/score.js";
import { addServeCommand } from "./commands/serve.js";

/** All commands; what is wrong is thrown. */
export function programOf(): Command {
  const program = new Command("fixed-classifier-server")
    .description(
      "Serves classifier heads by the Open Inference Protocol, and scores Arrow and Parquet files in bulk.",
    )
    .exitOverride()
    .showHelpAfterError("--help tells more");
  addServeCommand(program);
  addScoreCommand(program);
  return program;
}
