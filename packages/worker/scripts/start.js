// Serves the Worker on this machine until Ctrl-C, which Miniflare handles: `npm start`, or `npm start -- 3000` for another port.
import { buildWorker } from "./build.js";
import { startWorker } from "./miniflare.js";

const given = process.argv[2] ?? "8787";
const port = Number(given);
if (!/^\d+$/.test(given) || port > 65535) {
  console.error(`error: ${given} is no port: give an integer from 0 (any that is free) to 65535`);
  process.exit(1);
}
await buildWorker();
const { url } = await start();
console.log(`${url.origin} classifies. Ask it from another terminal, in packages/worker:\n`);
console.log(
  `  curl '${url.origin}/classify?k=3' -H 'Content-Type: application/json' --data-binary @examples/ankle-boot.json`,
);

async function start() {
  try {
    return await startWorker(port);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ERR_ADDRESS_IN_USE") throw error;
    console.error(`error: port ${port} is in use: give another, as in \`npm start -- ${port + 1}\``);
    process.exit(1);
  }
}
