/** What the package may add to a page, bundled for a browser and minified by esbuild, compressed by gzip. */
import { join } from "node:path";

const path = join(process.env.INSTALLED ?? "", "dist/browser.js");

export default [
  {
    name: "FixedClassifier and fwht",
    path,
    import: "{ FixedClassifier, fwht }",
    gzip: true,
    limit: "59.4 kB",
  },
  { name: "fwht", path, import: "{ fwht }", gzip: true, limit: "20.6 kB" },
];
