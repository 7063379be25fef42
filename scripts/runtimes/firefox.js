import { browserRuntime, onPath } from "./browser.js";

export const firefox = browserRuntime({
  name: "Firefox",
  install: "apt-get install firefox-esr",
  command: () => onPath("firefox-esr", "firefox"),
  args: (profile) => ["--headless", "--no-remote", "--profile", profile],
});
