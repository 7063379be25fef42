// A classic script, before all others: what they throw while they load, or that one is not there, is sent to the server.
addEventListener(
  "error",
  (event) => {
    const { message, target } = event;
    const body = target instanceof HTMLScriptElement ? `not loaded: ${target.src}` : message;
    fetch("/error", { method: "POST", body });
  },
  true,
);
