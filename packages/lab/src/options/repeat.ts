import { TRAIN_OPTIONS, type TrainOptions } from "./train.js";

/** The command that does the same again: what is as by default is not said. */
export function repeatCommand(data: readonly string[], options: TrainOptions): string {
  const words = ["npx", "fixed-classifier-lab", "train", ...data.map(quote)];
  for (const [name, { initial, value }] of Object.entries(TRAIN_OPTIONS)) {
    const given = options[name as keyof TrainOptions];
    if (given === null || JSON.stringify(given) === JSON.stringify(initial)) continue;
    words.push(`--${name}`);
    const text = Array.isArray(given) ? given.join(",") : String(given);
    if (value !== null) words.push(quote(name === "sweep" ? `lr=${text}` : text));
  }
  return words.join(" ");
}

/** As a POSIX shell wants it. */
const quote = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
