import { Command } from "commander";
import { addConvertCommand } from "./commands/convert.js";
import { addExportCommand } from "./commands/export.js";
import { addInspectCommand } from "./commands/inspect.js";

/** All commands; what is wrong is thrown. */
export function programOf(): Command {
  const program = new Command("fixed-classifier-models")
    .description("Makes the last layer of a trained model fixed or a product code, and says what that costs.")
    .exitOverride()
    .showHelpAfterError("--help tells more");
  addInspectCommand(program);
  addConvertCommand(program);
  addExportCommand(program);
  return program;
}
