import { browserRuntime } from "./browser.js";
import { CHROMIUM } from "./visit.js";

export const chromium = browserRuntime(CHROMIUM);
