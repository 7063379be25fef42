// A server whose threads can be killed from outside: SIGUSR2 ends one of them, and a line says so. Arguments: the model, the threads.
import { logOf } from "../../dist/server/log.js";
import { settingsOf } from "../../dist/server/settings.js";
import { startServer } from "../../dist/server/start.js";

const [model, workers] = process.argv.slice(2);
const flags = {
  rest: { port: 0 },
  grpc: { isEnabled: false },
  // All that has a thread goes to one, however small.
  execution: { workers: Number(workers), inlineMilliseconds: 0, queueLimit: 10_000 },
  shutdown: { drainSeconds: 0 },
};
const server = await startServer(settingsOf(undefined, flags, [`head=${model}`]), logOf({ level: "silent" }));
let killed = 0;
process.on("SIGUSR2", () => {
  const threads = server.execution.pool?.workers ?? [];
  void threads[killed++ % threads.length]?.terminate();
});
process.once("SIGTERM", async () => process.exit((await server.stop()) ? 0 : 1));
console.log(server.listeners[0].port);
