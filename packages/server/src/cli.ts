#!/usr/bin/env node
import { CommanderError } from "commander";
import { Problem } from "fixed-classifier-models/files";
import { programOf } from "./program.js";

// Who reads may stop, as `head` does: what was begun is ended all the same.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", ({ code }: NodeJS.ErrnoException) => {
    if (code !== "EPIPE" && code !== "EIO") process.exit(1);
  });
}

try {
  await programOf().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else if (error instanceof Problem) {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  } else throw error;
}
