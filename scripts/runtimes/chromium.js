import { browserRuntime, onPath } from "./browser.js";

export const chromium = browserRuntime({
  name: "Chromium",
  install: "apt-get install chromium",
  command: () => onPath("chromium", "chromium-browser", "google-chrome"),
  args: (profile) => [
    "--headless=new",
    "--no-first-run",
    `--user-data-dir=${profile}`,
    // Its sandbox does not start as root.
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  ],
});
