// Serves the Worker on this machine until Ctrl-C: `npm start`, or `npm start -- 3000` for another port.
import { buildWorker } from "./build.js";
import { startWorker } from "./miniflare.js";

const port = Number(process.argv[2] ?? 8787);
if (!Number.isInteger(port) || port < 0 || port > 65535) {
  console.error(`error: ${process.argv[2]} is no port: give an integer from 0 to 65535`);
  process.exit(1);
}
await buildWorker();
const { miniflare, url } = await startWorker(port);
console.log(`${url.origin} classifies. Ask it from another terminal, in packages/worker:\n`);
console.log(
  `  curl '${url.origin}/classify?k=3' -H 'Content-Type: application/json' --data-binary @examples/ankle-boot.json`,
);
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
  process.once(signal, async () => {
    await miniflare.dispose();
    process.exit();
  });
}
