#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { Problem } from "./problem.js";

const program = new Command("fixed-classifier-models")
  .description("Makes the last layer of a trained model fixed or a product code, and says what that costs.")
  .exitOverride()
  .showHelpAfterError("--help tells more");

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else if (error instanceof Problem) {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  } else throw error;
}
