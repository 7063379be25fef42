import type { Results } from "../training/result.js";
import { page } from "./page.js";
import { type Source, study } from "./study.js";

export { summaryTable } from "./table.js";
export type { Source };

/** One HTML file that is all a reader needs: of one experiment, or of several beside each other. */
export const renderReport = (results: Results | readonly Source[]): Promise<string> => page(study(results));
