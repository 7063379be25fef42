// A page that measures and sends its rows to the server it came from.
import { measureCases } from "./measure.js";

/** @import { Host, Thread } from "./measure.js" */
/** @import { Api } from "./operations.js" */

const url = new URL("../../dist/browser.js", import.meta.url).href;

/**
 * @param {string} path
 * @param {object} content
 */
const send = (path, content) => fetch(path, { method: "POST", body: JSON.stringify(content) });

/** @type {Host} */
const host = {
  api: /** @type {Api} */ (await import(url)),
  url,
  start() {
    const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    worker.onerror = ({ message }) => send("/error", { message: `the worker says: ${message}` });
    return /** @type {Thread} */ ({
      post: (message, transfer = []) => worker.postMessage(message, transfer),
      take(take) {
        worker.onmessage = ({ data }) => take(data);
      },
      end: () => worker.terminate(),
    });
  },
};

const settings = new URLSearchParams(location.search);
measureCases(host, Number(settings.get("seconds")), settings.get("only") ?? "", (row) =>
  send("/row", row),
).then(
  () => send("/done", {}),
  (error) => send("/error", { message: String(error) }),
);
