import { browserRuntime } from "./browser.js";
import { onPath } from "./visit.js";

export const firefox = browserRuntime({
  name: "Firefox",
  install: "apt-get install firefox-esr",
  command: () => onPath("firefox-esr", "firefox"),
  args: (profile) => ["--headless", "--no-remote", "--profile", profile],
});
