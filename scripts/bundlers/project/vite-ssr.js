// Runs the server as Vite does while one develops it.
import { createServer } from "vite";

const vite = await createServer({ server: { middlewareMode: true, ws: false }, appType: "custom" });
await vite.ssrLoadModule("/src/server.js");
await vite.close();
