/** TypeScript takes the classes of the two files of declarations for two, though they are one class. @type {unknown} */
const api = require("fixed-classifier");

import("./probe.js").then(async ({ probe }) => {
  console.log(JSON.stringify(await probe(/** @type {import("./probe.js").Api} */ (api))));
});
