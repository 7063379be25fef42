// What the package in a folder chose, and what it warned of, as JSON: of this process and, if asked for, of a worker thread.
import { pathToFileURL } from "node:url";

const [entry] = process.argv.slice(2);
/** @type {{ code: string | undefined, message: string }[]} */
const warnings = [];
process.on("warning", (warning) => {
  const { code } = /** @type {NodeJS.ErrnoException} */ (warning);
  // Node.js warns of its own experiments.
  if (warning.name !== "ExperimentalWarning") warnings.push({ code, message: warning.message });
});

const url = pathToFileURL(entry).href;
const { backend } = await import(url);
// It is chosen when it is first asked for, here by two copies of the package.
const { backend: again } = await import(`${url}?again`);
if (backend.name !== again.name) throw new Error("two copies have different backends");
await new Promise((resolve) => setTimeout(resolve));
const failures = backend.failures.map((/** @type {{ name: string, error: Error }} */ { name, error }) => ({
  name,
  message: error.message,
}));
console.log(JSON.stringify({ name: backend.name, failures, warnings }));
