import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { browserRuntime } from "./browser.js";
import { onPath } from "./visit.js";

const LIBRARIES = "/usr/lib";

/** The small browser that Debian packs with the driver of WebKitGTK. It wants a screen. */
export const webkit = browserRuntime({
  name: "WebKitGTK",
  install: "apt-get install webkit2gtk-driver xvfb xauth",
  command() {
    const screen = onPath("xvfb-run");
    const browser = miniBrowser();
    return screen === null || browser === undefined ? null : [...screen, "--auto-servernum", browser];
  },
  args: () => ["--private"],
});

function miniBrowser() {
  if (!existsSync(LIBRARIES)) return undefined;
  return readdirSync(LIBRARIES)
    .map((architecture) => join(LIBRARIES, architecture, "webkit2gtk-4.1/MiniBrowser"))
    .find((path) => existsSync(path));
}
