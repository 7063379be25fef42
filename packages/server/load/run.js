// npm run load -- NAME [options]: what is measured is a file of this folder each.
import { readdirSync } from "node:fs";

const [name, ...args] = process.argv.slice(2);
const names = readdirSync(new URL(".", import.meta.url))
  .filter((file) => file.endsWith(".js") && file !== "run.js")
  .map((file) => file.slice(0, -".js".length));

if (names.includes(name)) {
  const { run } = await import(`./${name}.js`);
  await run(args);
} else {
  console.error(`usage: npm run load -- ${names.join("|")} [options]`);
  process.exitCode = 1;
}
