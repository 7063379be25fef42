#!/usr/bin/env node
import { CommanderError } from "commander";
import { Problem } from "fixed-classifier-models/files";
import { programOf } from "./program.js";

// Who reads may stop, as `head` does: what was begun is ended all the same.
const isGone = ({ code }: NodeJS.ErrnoException) => code === "EPIPE" || code === "EIO";
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (isGone(error)) return;
  console.error(`error: standard output cannot be written: ${error.message}`);
  process.exit(1);
});
process.stderr.on("error", (error: NodeJS.ErrnoException) => {
  if (!isGone(error)) process.exit(1);
});

try {
  await programOf().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else if (error instanceof Problem) {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  } else throw error;
}
