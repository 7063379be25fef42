// A classic script that starts the worker which its tag names.
const { worker = "", type } = document.currentScript?.dataset ?? {};

new Worker(worker, { type: type === "module" ? "module" : "classic" }).addEventListener(
  "error",
  ({ message }) => {
    fetch("/error", { method: "POST", body: message ?? `not loaded: ${worker}` });
  },
);
